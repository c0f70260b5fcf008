#include "cli/options/output.h"

#include <fmt/format.h>

#include "base/text/bytes.h"
#include "report/report.h"

namespace wireproof {
namespace {

// So many repetitions get a line each when there is no terminal; of more only every tenth part.
constexpr std::uint64_t kMostLines = 1000;
constexpr std::uint64_t kParts = 10;

}  // namespace

void add_color_option(ArgumentParser& parser, ColorChoice& color) {
  parser.choice<ColorChoice>("--color", color,
                             {{"auto", ColorChoice::automatic},
                              {"always", ColorChoice::always},
                              {"never", ColorChoice::never}},
                             "colours; `auto` follows the terminal and NO_COLOR");
}

void add_output_options(ArgumentParser& parser, OutputOptions& options) {
  parser.flag("-q,--quiet", options.quiet, "print only what failed, and the counts");
  parser.flag("-v,--verbose", options.verbose, "print steps and the packet table of each scenario");
  add_color_option(parser, options.color);
}

void print_results(const RunResult& run, const OutputOptions& options) {
  const Style style = options.style();
  bool any_details = false;
  for (const ScenarioSummary& scenario : run.scenarios) {
    if (options.quiet && is_good(scenario.result.verdict)) continue;
    const std::string details = render_text_details(scenario, style, options.verbose);
    any_details = any_details || !details.empty();
    print_out(render_text_line(scenario, style) + details);
  }
  print_out("\n" + (options.quiet ? std::string() : render_slow_sheets(run)));
  const bool again = any_details && run.scenarios.size() > 1 && !options.quiet;
  print_out(again ? render_text_summary(run, style) : render_text_counts(run, style));
}

void print_feedback(const RunResult& run, Hints hints, const OutputOptions& options) {
  const Style style = options.style();
  for (const ScenarioSummary& scenario : run.scenarios) {
    if (options.quiet && is_good(scenario.result.verdict)) continue;
    print_out(render_text_line(scenario, style));
    const bool is_failure = scenario.result.verdict == Verdict::fail;
    if (options.verbose || !is_failure) {
      print_out(render_text_details(scenario, style, options.verbose));
    }
  }
  print_out("\n" + render_feedback_text(run, hints) + render_text_counts(run, style));
}

Progress::Progress(std::uint64_t total, const OutputOptions& options)
    : total_(total), form_(Form::lines) {
  if (is_terminal(stderr)) form_ = Form::live_line;
  if (options.quiet || total < 2) form_ = Form::none;
}

Progress::~Progress() {
  if (form_ == Form::live_line) print_error("\r\x1b[K");
}

void Progress::ended(const ScenarioResult& result) {
  ++done_;
  const bool good = is_good(result.verdict);
  if (!good) ++not_good_;
  const std::string line = fmt::format("[{}/{}] {} {}", done_, total_,
                                       render_verdict(result.verdict), escape_control(result.id));
  switch (form_) {
    case Form::none:
      return;
    case Form::live_line:
      if (!good) print_error("\r\x1b[K" + line + "\n");
      print_error(fmt::format("\r\x1b[K[{}/{}] {} not passed", done_, total_, not_good_));
      return;
    case Form::lines:
      if (good && total_ > kMostLines && done_ % (total_ / kParts) != 0) return;
      print_error(line + "\n");
      return;
  }
}

}  // namespace wireproof
