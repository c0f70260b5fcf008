#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/options/argument_parser.h"
#include "cli/options/owed_reports.h"
#include "cli/options/selection.h"
#include "packets/capture/pcap_file.h"
#include "packets/wire/unread.h"
#include "report/feedback.h"
#include "report/trace_report.h"
#include "result/run_result.h"

namespace wireproof {

// What a command says of a run: printed, and in the files of its reports.

// How much is printed, and in which colours.
struct OutputOptions {
  bool quiet = false;    // only what failed, and the counts
  bool verbose = false;  // steps and packet tables too
  ColorChoice color = ColorChoice::automatic;

  Style style() const { return choose_style(color, stdout); }
  // Of a line; 0: as many columns as come.
  std::size_t width() const { return terminal_width(stdout); }
};

void add_color_option(ArgumentParser& parser, ColorChoice& color);
// `--format`, of a table of packets.
void add_trace_format_option(ArgumentParser& parser, TraceFormat& format);
void add_output_options(ArgumentParser& parser, OutputOptions& options);

// A line per scenario, with what there is to say where nothing else says it, then `things`, what is
// wrong, each thing once, then the counts. With --verbose all there is to say about each scenario.
void print_results(const RunResult& run, const std::string& things, const OutputOptions& options);

// The things that are wrong with each program that sheets are about; empty: nothing failed.
std::string render_things(const RunResult& run, Hints hints);

// What happens while scenarios are played: one line that changes on a terminal, else how far it is,
// now and then. It goes to standard error, so that standard output holds the results alone.
class Progress {
 public:
  Progress(std::uint64_t total, const OutputOptions& options);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void ended(const ScenarioResult& result);

 private:
  enum class Form : std::uint8_t { none, live_line, lines };

  std::uint64_t total_;
  std::uint64_t done_ = 0;
  std::uint64_t not_good_ = 0;
  Form form_;
};

// Where the reports of a run go; empty: not wanted.
struct ReportOptions {
  std::vector<std::string> files;  // of each of report_formats()
  std::string feedback;            // Markdown for the author of the server
  Hints hints = Hints::explained;
};

void add_report_options(ArgumentParser& parser, ReportOptions& options);
void add_hints_option(ArgumentParser& parser, Hints& hints);

// The reports of a run.
class ReportFiles : public OwedReports<RunResult> {
 public:
  // Throws SystemError naming the file that cannot be written.
  ReportFiles(const ReportOptions& options, const CommandLine& line);

  ReportFiles(const ReportFiles&) = delete;
  ReportFiles& operator=(const ReportFiles&) = delete;
  ~ReportFiles() = default;

  // As OwedReports::write(); the run gets what it cannot know itself, our version and the command
  // line. `things`: what is wrong, as it is printed.
  void write(RunResult& run, std::string things = "");
  // As OwedReports::update(), while the run goes on.
  void update(const std::function<RunResult()>& make_run);

 private:
  void introduce(RunResult& run) const;

  std::vector<std::string> command_line_;
  std::string things_;
};

// "a.pcap is damaged at offset 420: a block has two different lengths"
std::string render_damage(const std::string& file, const CaptureDamage& damage);

// A file that holds more than StoreLimits: than what is done reads, and how to make it smaller.
void print_too_large(const std::string& file, const std::string& reader, const std::string& remedy,
                     const std::string& filter);

// What of a file is not supported, in a line on standard error; nothing where all was read.
void print_unread(const std::string& file, const UnreadPackets& unread);

// Runs that ended before they were played: reports are written of them all the same.

// Some sheets have errors, so nothing was run: those are ERROR with their messages, the others
// SKIP.
RunResult sheets_wrong(const std::vector<Sheet>& sheets);

// The run ended early for `reason`: ERROR for every sheet that has no result among `results`.
RunResult cut_short(const std::vector<Sheet>& sheets, const std::vector<ScenarioResult>& results,
                    const std::string& reason);

// ERROR for every sheet that could not be read, behind the others.
void add_unreadable(const std::vector<Sheet>& sheets, RunResult& run);

// Beside the lines of the sheets, where GitHub Actions reads the output.
void print_annotations(const RunResult& run);

// Takes out of the results what their sheets keep to themselves.
void conceal(RunResult& run, const std::vector<Sheet>& sheets);

// One result of a sheet as a whole run.
RunResult single_result(ScenarioResult result);

}  // namespace wireproof
