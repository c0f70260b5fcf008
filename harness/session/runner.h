#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "host/sandbox.h"
#include "scenario/scenario.h"
#include "session/run_result.h"

namespace wireproof {

// How to start a server, as the runner sees it; names come in from outside (cli), so that this
// folder knows no server.
struct ServerStart {
  std::string host;            // to listen on
  std::uint16_t tcp_port = 0;  // 0: not wanted
  std::uint16_t udp_port = 0;
  std::map<std::string, std::string> parameters;
  Duration patience{};  // how long clients wait for an answer; a server that is late is later
  int ready_fd = -1;    // one byte is written there once the server listens
};

struct ServerProgram {
  std::string name;
  std::uint16_t tcp_port = 0;  // default, 0: no TCP
  std::uint16_t udp_port = 0;
  // Runs in a process of its own until SIGINT or SIGTERM; returns the exit code.
  std::function<int(const ServerStart&)> serve;
};

using ServerTable = std::map<std::string, ServerProgram>;

// A sandbox for the programs of somebody else that a run starts.
struct SandboxOptions {
  SandboxLimits limits;
  std::vector<std::filesystem::path> hidden;  // folders that programs find empty
};

// A server that somebody else runs: for it nothing is started and no private network is entered.
struct RunningServer {
  IpAddress address;
  std::uint16_t tcp_port = 0;  // 0: not known, what needs it is SKIP
  std::uint16_t udp_port = 0;

  bool operator==(const RunningServer&) const = default;
};

enum class KeepCapture : std::uint8_t { on_failure, always, never };

struct RunOptions {
  std::size_t jobs = 1;    // scenarios played at the same time
  std::size_t ahead = 12;  // further ones whose network and capture are opened meanwhile
  std::uint64_t repeat = 1;
  bool capture = true;
  bool trace = false;  // the calls of every server, not only where a sheet needs them
  bool fail_fast = false;
  bool strict = false;                   // should counts as must
  std::optional<Duration> timeout;       // instead of the sheets' own default
  std::filesystem::path capture_folder;  // empty: captures are not kept
  std::filesystem::path command_folder;  // where a sheet's `command` runs; empty: beside the sheet
  KeepCapture keep = KeepCapture::on_failure;
  // Of a server that is a command, or of `client_command`; none: nothing is closed.
  std::optional<SandboxOptions> sandbox;
  std::string client_command;  // what `run` steps start is somebody else's; empty: the sheet's own
  std::optional<RunningServer> running;  // plays against this server, one sheet after the other
  bool one_server = false;  // all plays are about one foreign server: see server_fate.h
  // Results come without packets, calls, steps and sockets, for a caller that reads none of them.
  bool verdicts_only = false;
  std::string again;  // the command that plays a sheet again, {sheet} is its id; empty: run
};

// One playing of one scenario.
struct Play {
  const Scenario* scenario = nullptr;             // was there before the run and outlives it
  std::uint64_t repeat = 1;                       // which repetition, from 1
  std::map<std::string, std::string> parameters;  // over the sheet's own
  std::optional<Duration> timeout;                // over the options' own
  std::string command{};                          // over the sheet's own; empty: the sheet's
  std::filesystem::path folder{};                 // of that command

  bool operator==(const Play&) const = default;
};

// Where plays come from and where their results go, in the main process.
class PlaySource {
 public:
  struct NumberedPlay {
    std::size_t number = 0;      // of the source's choice
    const Play* play = nullptr;  // lives until its result is taken
  };

  virtual ~PlaySource() = default;

  // The next to be played. None: there is none before another result; asked again after each.
  virtual std::optional<NumberedPlay> next() = 0;
  // False: whatever has not ended yet is ended and not judged.
  virtual bool take(std::size_t number, ScenarioResult result) = 0;
};

// Plays what the source has, each in a network of its own, as many at the same time as there are
// processes to play them; they end in any order.
// False when SIGINT came (then everything started is ended). Must be called before the process has
// a second thread.
bool play_all(PlaySource& source, const ServerTable& servers, const RunOptions& options);

// Called in the main process as each repetition of each scenario ends.
using ResultSink = std::function<void(const ScenarioResult&)>;

// Plays every scenario `repeat` times, as play_all() does, and keeps the results. When SIGINT came
// `interrupted` is set.
RunResult run_scenarios(const std::vector<Scenario>& scenarios, const ServerTable& servers,
                        const RunOptions& options, const ResultSink& sink);

}  // namespace wireproof
