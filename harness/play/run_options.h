#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "machine/host/sandbox.h"
#include "machine/process/server_start.h"
#include "sheet/scenario.h"

namespace wireproof {

enum class KeepCapture : std::uint8_t { on_failure, always, never };

struct RunOptions {
  std::size_t jobs = 1;    // scenarios played at the same time, up to limit_jobs()
  std::size_t ahead = 12;  // further ones whose network and capture are opened meanwhile
  std::uint64_t repeat = 1;
  bool capture = true;
  bool trace = false;              // the calls of every server, not only where a sheet needs them
  bool trace_if_possible = false;  // the same, where the machine allows it
  // Sheets that fail are played once more, traced, where that may tell why (TracedReplays).
  bool trace_failures = false;
  bool fail_fast = false;
  bool strict = false;                   // should counts as must
  std::optional<SheetLevel> decides;     // what gives points in a grading; none: all sheets
  std::optional<Duration> timeout;       // instead of the sheets' own default
  std::optional<Duration> start_within;  // until a server listens, instead of the sheets' own
  std::filesystem::path capture_folder;  // empty: captures are not kept
  std::filesystem::path command_folder;  // where a sheet's `command` runs; empty: beside the sheet
  KeepCapture keep = KeepCapture::on_failure;
  bool keep_calls = true;  // of a traced run between the packets of its capture
  // Of a server that is a command, or of `client_command`, whose files are shown besides; none:
  // nothing is closed.
  std::optional<SandboxRequest> sandbox;
  std::string client_command;  // what `run` steps start is somebody else's; empty: the sheet's own
  std::filesystem::path client_folder;   // where that runs
  std::optional<RunningServer> running;  // plays against this server, one sheet after the other
  bool one_server = false;  // all plays are about one foreign server: see server_fate.h
  // Results come without packets, calls, steps and sockets, for a caller that reads none of them.
  bool verdicts_only = false;
  std::string again;  // the command that plays a sheet again, {sheet} is its id; empty: run
};

// Scenarios are mostly waits, but more of them than this only make each other late: what they had
// no time for is played again, and a run with all of them at once never ends.
constexpr std::size_t kMostJobsPerProcessor = 8;

// How many of `jobs` are played at the same time; at least 1.
constexpr std::size_t limit_jobs(std::size_t jobs, std::size_t processors) {
  return std::clamp<std::size_t>(jobs, 1, kMostJobsPerProcessor * processors);
}

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

}  // namespace wireproof
