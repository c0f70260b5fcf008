#pragma once

#include <cstdint>

#include "cli/options/argument_parser.h"
#include "report/feedback.h"
#include "result/run_result.h"

namespace wireproof {

// How much is printed, and in which colours.
struct OutputOptions {
  bool quiet = false;    // only what failed, and the counts
  bool verbose = false;  // steps and packet tables too
  ColorChoice color = ColorChoice::automatic;

  Style style() const { return choose_style(color, stdout); }
};

void add_color_option(ArgumentParser& parser, ColorChoice& color);
void add_output_options(ArgumentParser& parser, OutputOptions& options);

// A line per scenario with what there is to say about it, then the counts; the whole table again
// where messages stand between the lines.
void print_results(const RunResult& run, const OutputOptions& options);

// For the author of a server: a line per scenario, then what is wrong in plain words, each thing
// once; with --verbose all there is to say about each scenario, too.
void print_feedback(const RunResult& run, Hints hints, const OutputOptions& options);

// What happens while scenarios are played: one line that changes on a terminal, else a line for
// each result. It goes to standard error, so that standard output holds the results alone.
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

}  // namespace wireproof
