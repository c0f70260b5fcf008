#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "machine/host/network.h"
#include "machine/host/socket_list.h"
#include "play/run_options.h"
#include "result/run_result.h"
#include "sheet/scenario.h"

namespace wireproof {

// Which ports a scenario's server has; a port of 0 that is wanted is chosen when it starts.
struct ServerPorts {
  bool wants_tcp = false;
  bool wants_udp = false;
  std::uint16_t tcp = 0;
  std::uint16_t udp = 0;

  bool operator==(const ServerPorts&) const = default;
};

// The sheet's own words first, then those of the reference server that it names, if it does.
ServerPorts plan_ports(const FrontMatter& front, const ServerTable& servers);
// Where the sheet has no server, the ports of the first actors that listen.
ServerPorts plan_ports(const Scenario& scenario, const ServerTable& servers);

// What to write for a program that was not started as it listens (ServerStartError::elsewhere),
// before the words ": "; empty where nothing helps.
std::string advise_start(const std::vector<ListeningSocket>& elsewhere, const FrontMatter& front,
                         const ServerTable& servers);

// Why the runner cannot give what the sheet needs; nothing when it can.
std::optional<std::string> unmet_need(const FrontMatter& front, bool has_ipv6);

// Why the sheet cannot be played against a server that runs already and is reached by `route`;
// nothing when it can. What single steps need is theirs to say.
std::optional<std::string> unmet_by_running(const Scenario& scenario, const ServerPorts& ports,
                                            const RunningServer& running, const Route& route);

// What a session takes of a loopback that it shares with others. Its clients have addresses of
// their own in any case.
struct LoopbackUse {
  bool alone = false;        // it names addresses or ports that another session would have as well
  bool own_address = false;  // of the server
  bool own_port = false;  // instead of the sheet's: its programs take the one that they are given

  bool operator==(const LoopbackUse&) const = default;
};
// Of a sheet with the play's command and parameters.
LoopbackUse plan_loopback(const Scenario& scenario, const RunOptions& options);

// How long a block of the capture's ring may fill (WatchOptions::wake_after). What keeps the reader
// from the CPU needs the room of that time: many clients at once with a process of the server's for
// each, or whatever it was that made the playing before this one lose packets.
std::chrono::milliseconds plan_wake_after(const Scenario& scenario, std::uint32_t patience);

// Whether the server's calls are traced. `if_possible`: a table names them, but they can be
// inferred from the packets where this machine forbids tracing.
enum class TraceWish : std::uint8_t { none, if_possible, needed };
TraceWish plan_trace(const Scenario& scenario, const RunOptions& options);

// The folder that a command runs in, and what of its words names a file or folder there or by an
// absolute path: a file with the folder that it lies in.
std::vector<std::filesystem::path> files_of_command(const std::string& command,
                                                    const std::filesystem::path& folder);

// Why a program that the sheet names cannot be started here; nothing when all are installed.
std::optional<std::string> missing_program(const FrontMatter& front);

// Until the server listens: what is said for this run goes before what the sheet says, and that
// before its program, which may be null.
Duration start_limit(const FrontMatter& front, const RunOptions& options,
                     const ServerProgram* program);

// A session cannot last longer than the sum of its steps' time limits, and none than
// kLongestSession: a sum beyond it is cut, as it would not fit a clock.
Duration session_bound(const Scenario& scenario, Duration timeout);

// FOLDER/ID.pcap with `/` as `__`; with the repetition's number where there are several. No two ids
// have the same: a `_` beside another or beside a `/` becomes `%5F`, and `%` becomes `%25`.
std::filesystem::path capture_path(const RunOptions& options, const std::string& id,
                                   std::uint64_t repeat);

bool keeps_capture(KeepCapture keep, Verdict verdict);

// A result that only names the scenario and says why it was not judged.
ScenarioResult unplayed_result(const Scenario& scenario, std::uint64_t repeat, Verdict verdict,
                               const std::string& reason);

}  // namespace wireproof
