#pragma once

#include <optional>
#include <vector>

#include "cli/options/argument_parser.h"
#include "cli/options/output.h"
#include "cli/options/selection.h"
#include "play/runner/runner.h"

namespace wireproof {

// What the commands that play sheets have in common: which sheets, how, and what is said of it.
struct PlaySheetsOptions {
  SelectionOptions selection;
  ReportOptions reports;
  OutputOptions output;
  RunOptions run;
  std::string capture_folder;
  std::optional<KeepCapture> keep;
  bool no_capture = false;
  std::optional<SheetLevel> level;  // decides the exit code and the points; none: all sheets do
  std::string remark;               // printed behind the results
  std::string shard = {};           // as RunResult has it
};

// All options but the sheets' paths; `jobs` has its default already.
void add_play_options(ArgumentParser& parser, PlaySheetsOptions& options);
// Call it after parse(): what follows from the options together.
void finish_options(PlaySheetsOptions& options);

// Plays them, writes the reports and prints the results; the exit code. Sheets with errors: says
// so, and plays none.
int play_sheets(const std::vector<Sheet>& selected, PlaySheetsOptions options,
                ReportFiles& reports);

// Where fewer are played at the same time than -j asks for: says so, in one line; else empty.
std::string render_fewer_jobs(std::size_t jobs, std::size_t processors);

// Whether a capture that is kept has a row for each traced call between its packets.
void add_pcap_calls_option(ArgumentParser& parser, bool& keep_calls);
// --start-within, of the commands that start a server.
void add_start_option(ArgumentParser& parser, std::optional<Duration>& start_within);

// --level, of the commands that judge somebody's program: its default is what the exercise sets.
void add_level_option(ArgumentParser& parser, std::optional<SheetLevel>& level);

// How somebody's program is kept from doing harm; the options of the commands that start one.
struct SandboxSettings {
  bool none = false;  // --no-sandbox
  std::optional<std::uint64_t> memory_mib;
  std::optional<std::uint64_t> processes;
  std::optional<std::uint64_t> file_mib;
  std::optional<Duration> cpu;
};

void add_sandbox_options(ArgumentParser& parser, SandboxSettings& settings);

// None with --no-sandbox.
std::optional<SandboxRequest> sandbox_options(const SandboxSettings& settings);

// Tries one: a machine that allows none must not be taken for a fault of the programs. Throws
// std::runtime_error with what is refused.
void require_sandbox(const SandboxRequest& options);

}  // namespace wireproof
