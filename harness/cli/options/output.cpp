#include "cli/options/output.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/system/system_call.h"
#include "base/text/bytes.h"
#include "base/text/fold.h"
#include "cli/options/github_actions.h"
#include "cli/options/signature_files.h"
#include "play/stage/stage_plan.h"
#include "report/formats/format.h"
#include "report/report.h"
#include "report/safe_text.h"
#include "result/reveal.h"

namespace wireproof {
namespace {

// Off a terminal a run says how far it is every tenth part, unless it is over soon. What each sheet
// came to is said at the end.
constexpr std::uint64_t kFewPlays = 20;
constexpr std::uint64_t kParts = 10;

// Sheets that are skipped for one reason are named one by one up to here.
constexpr std::size_t kManySkips = 4;

std::map<std::string, std::size_t> count_skips(const RunResult& run) {
  std::map<std::string, std::size_t> counts;  // by reason
  for (const ScenarioSummary& scenario : run.scenarios) {
    if (scenario.result.verdict == Verdict::skip) ++counts[scenario.result.reason];
  }
  return counts;
}

// Whoever reads has not read for long, or has stopped the terminal (Ctrl-S): writing would wait,
// and what comes to stop the run would wait with it.
bool is_stuck(std::FILE* stream) {
  pollfd entry{::fileno(stream), POLLOUT, 0};
  return ::poll(&entry, 1, 0) == 0;
}

// Its packets may be a million: no copies.
ScenarioSummary summarize_one(ScenarioResult result) {
  std::vector<ScenarioResult> only;
  only.push_back(std::move(result));
  return summarize(std::move(only));
}

// Of one that has errors no more than its name is known.
ScenarioResult unplayed(const Sheet& sheet, Verdict verdict, const std::string& reason) {
  Scenario named;
  named.id = sheet.id;
  named.path = sheet.path;
  return sheet.unreadable() ? unplayed_result(named, 1, Verdict::error, sheet.refusal)
                            : unplayed_result(sheet.scenario.value_or(named), 1, verdict, reason);
}

std::string say_first_error(const Sheet& sheet) {
  if (sheet.reveal != Reveal::all) return kHiddenErrors;
  const auto first = std::ranges::find(sheet.diagnostics, Severity::error, &Diagnostic::severity);
  if (first == sheet.diagnostics.end()) return "the sheet has errors";
  return "the sheet has errors: " + first->message;
}

// Somebody's server is judged by the sheets of one reference server.
Signatures signatures_for(const RunResult& run) {
  return run.scenarios.empty() ? Signatures()
                               : load_signatures(run.scenarios.front().result.server);
}

// One line for all sheets that were skipped for one reason, where they are many: the first of them
// takes it, the others have nothing to say.
std::string result_lines(const ScenarioSummary& scenario, std::map<std::string, std::size_t>& skips,
                         const OutputOptions& options) {
  const Style style = options.style();
  const ScenarioResult& result = scenario.result;
  if (result.verdict == Verdict::skip && !options.verbose) {
    std::size_t& count = skips[result.reason];
    if (count == 0) return "";
    if (count >= kManySkips) {
      return render_text_skips(result.reason, std::exchange(count, 0), style);
    }
  }
  constexpr std::size_t kBesideVerdict = 14;
  const std::string lines =
      fold_lines(render_text_line(scenario, style), options.width(), kBesideVerdict);
  return lines + render_text_details(scenario, style, options.verbose);
}

}  // namespace

void add_color_option(ArgumentParser& parser, ColorChoice& color) {
  parser.choice<ColorChoice>("--color", color,
                             {{"auto", ColorChoice::automatic},
                              {"always", ColorChoice::always},
                              {"never", ColorChoice::never}},
                             "colours; `auto` follows the terminal and NO_COLOR");
}

void add_trace_format_option(ArgumentParser& parser, TraceFormat& format) {
  parser.choice<TraceFormat>("--format", format,
                             {{"text", TraceFormat::text},
                              {"markdown", TraceFormat::markdown},
                              {"csv", TraceFormat::csv},
                              {"json", TraceFormat::json},
                              {"html", TraceFormat::html},
                              {"mermaid", TraceFormat::mermaid},
                              {"svg", TraceFormat::svg}},
                             "how to write the table (default: text)");
}

void add_output_options(ArgumentParser& parser, OutputOptions& options) {
  parser.flag("-q,--quiet", options.quiet, "print only what failed, and the counts");
  parser.flag("-v,--verbose", options.verbose, "print steps and the packet table of each scenario");
  add_color_option(parser, options.color);
}

void print_results(const RunResult& run, const std::string& things, const OutputOptions& options) {
  const Style style = options.style();
  std::map<std::string, std::size_t> skips = count_skips(run);
  std::optional<SheetLevel> level;
  std::string all;
  for (const ScenarioSummary& scenario : run.scenarios) {
    if (options.quiet && is_good(scenario.result.verdict)) continue;
    const std::string text = result_lines(scenario, skips, options);
    if (text.empty()) continue;
    if (run.decides && level != scenario.result.level) {
      level = scenario.result.level;
      all += render_level_heading(*level, style);
    }
    all += text;
  }
  all += "\n" + fold_lines(things, options.width());
  if (options.verbose) all += render_slow_sheets(run);
  print_text(without_commands(all));
  print_text(render_run_limits(run.limits));
  print_text(render_text_counts(run, style));
  print_annotations(run);
}

std::string render_things(const RunResult& run, Hints hints) {
  std::map<std::string, RunResult> programs;
  for (const ScenarioSummary& scenario : run.scenarios) {
    programs[scenario.result.program].scenarios.push_back(scenario);
  }
  if (programs.size() == 1) return render_feedback_text(run, signatures_for(run), hints);
  std::string text;
  for (const auto& [program, own] : programs) {
    const std::string things = render_feedback_text(own, signatures_for(own), hints);
    if (!things.empty()) text += fmt::format("{}: {}", one_line(program), things);
  }
  return text;
}

Progress::Progress(std::uint64_t total, const OutputOptions& options)
    : total_(total), form_(Form::lines) {
  if (is_terminal(stderr)) form_ = Form::live_line;
  if (form_ == Form::lines && total < kFewPlays) form_ = Form::none;
  if (options.quiet || total < 2) form_ = Form::none;
}

Progress::~Progress() {
  if (form_ == Form::live_line) print_error("\r\x1b[K");
}

void Progress::ended(const ScenarioResult& result) {
  ++done_;
  const bool good = is_good(result.verdict);
  if (!good) ++not_good_;
  if (form_ == Form::none || is_stuck(stderr)) return;
  const std::string state = fmt::format("[{}/{}] {} not passed", done_, total_, not_good_);
  switch (form_) {
    case Form::none:
      return;
    case Form::live_line:
      if (!good) {
        print_error(
            fmt::format("\r\x1b[K{} {}\n", render_verdict(result.verdict), one_line(result.id)));
      }
      print_error("\r\x1b[K" + state);
      return;
    case Form::lines:
      if (done_ * kParts / total_ != (done_ - 1) * kParts / total_) print_error(state + "\n");
      return;
  }
}

void add_report_options(ArgumentParser& parser, ReportOptions& options) {
  const std::span<const ReportFormat> formats = report_formats();
  options.files.resize(formats.size());
  for (std::size_t i = 0; i < formats.size(); ++i) {
    parser.text(std::string(formats[i].option), options.files[i],
                fmt::format("write the results to this file: {}", formats[i].help));
  }
  parser.text("--report-markdown,--feedback", options.feedback,
              "write what is wrong, in plain words, as Markdown to this file");
}

void add_hints_option(ArgumentParser& parser, Hints& hints) {
  parser.choice<Hints>(
      "--hints", hints, {{"0", Hints::observed}, {"1", Hints::explained}, {"2", Hints::advised}},
      "how much is given away: 0 what was seen, 1 and why (default), 2 and how to mend it, with "
      "all that the sheet says");
}

ReportFiles::ReportFiles(const ReportOptions& options, const CommandLine& line)
    : command_line_(line.words) {
  const auto read = [](const char* name) { return std::string(environment(name)); };
  std::string page;
  for (std::size_t i = 0; i < options.files.size(); ++i) {
    if (report_formats()[i].option == kHtmlReport) page = options.files[i];
  }
  for (std::size_t i = 0; i < options.files.size(); ++i) {
    const auto render = report_formats()[i].render;
    owe(options.files[i], [this, render, read, page](const RunResult& run) {
      return render({run, things_, read, page});
    });
  }
  const auto render_markdown = [hints = options.hints](const RunResult& run) {
    return render_feedback_markdown(run, signatures_for(run), hints);
  };
  owe(options.feedback, render_markdown);
  if (!is_github_actions()) return;
  owe([render_markdown](const RunResult& run) { append_step_summary(render_markdown(run)); });
  owe([](const RunResult& run) { append_step_outputs(render_github_outputs(run)); });
}

void ReportFiles::introduce(RunResult& run) const {
  run.version = WIREPROOF_VERSION;
  run.command_line = command_line_;
}

void ReportFiles::update(const std::function<RunResult()>& make_run) {
  OwedReports::update([&] {
    RunResult run = make_run();
    introduce(run);
    return run;
  });
}

void ReportFiles::write(RunResult& run, std::string things) {
  introduce(run);
  things_ = std::move(things);
  OwedReports::write(run);
}

std::string render_damage(const std::string& file, const CaptureDamage& damage) {
  const std::string name = escape_control(file);
  const std::string reason = escape_control(damage.reason);
  switch (damage.kind) {
    case CaptureDamage::Kind::damaged:
      return fmt::format("{} is damaged at offset {}: {}", name, damage.offset, reason);
    case CaptureDamage::Kind::unsupported:
      return fmt::format("{} is read up to offset {}: {} is not supported", name, damage.offset,
                         reason);
  }
  return {};
}

void print_too_large(const std::string& file, const std::string& reader, const std::string& remedy,
                     const std::string& filter) {
  const std::string name = escape_control(file);
  print_error(
      fmt::format("error: {} holds more than {}: {} packets or {} MiB\n"
                  "  = {}: tcpdump -r {} -w smaller.pcap {}\n",
                  name, reader, kMostStoredPackets, kMostStoredBytes >> 20, remedy, name, filter));
}

void print_unread(const std::string& file, const UnreadPackets& unread) {
  if (!unread.any()) return;
  print_error(fmt::format("{}: {}: {}\n", unread.all() ? "error" : "note", escape_control(file),
                          unread.render()));
}

RunResult sheets_wrong(const std::vector<Sheet>& sheets) {
  RunResult run;
  run.started = std::chrono::system_clock::now();
  for (const Sheet& sheet : sheets) {
    ScenarioResult result = sheet.has_errors()
                                ? unplayed(sheet, Verdict::error, say_first_error(sheet))
                                : unplayed(sheet, Verdict::skip, "another sheet has errors");
    if (sheet.has_errors() && sheet.reveal == Reveal::all) {
      for (const Diagnostic& diagnostic : sheet.diagnostics) {
        result.failures.push_back({diagnostic, render_diagnostic(diagnostic, sheet.source)});
      }
    }
    run.scenarios.push_back(summarize_one(std::move(result)));
  }
  return run;
}

RunResult cut_short(const std::vector<Sheet>& sheets, const std::vector<ScenarioResult>& results,
                    const std::string& reason) {
  std::map<std::string, std::vector<ScenarioResult>> by_id;
  for (const ScenarioResult& result : results) by_id[result.id].push_back(result);
  RunResult run;
  run.started = std::chrono::system_clock::now();
  for (const Sheet& sheet : sheets) {
    std::vector<ScenarioResult>& repetitions = by_id[sheet.id];
    if (repetitions.empty()) repetitions.push_back(unplayed(sheet, Verdict::error, reason));
    run.scenarios.push_back(summarize(std::move(repetitions)));
  }
  return run;
}

void add_unreadable(const std::vector<Sheet>& sheets, RunResult& run) {
  for (const Sheet& sheet : sheets) {
    if (sheet.unreadable()) run.scenarios.push_back(summarize_one(unplayed(sheet, {}, {})));
  }
}

void print_annotations(const RunResult& run) {
  if (is_github_actions()) print_out(render_github_annotations(run));
}

void conceal(RunResult& run, const std::vector<Sheet>& sheets) {
  std::map<std::string, Reveal> reveals;
  for (const Sheet& sheet : sheets) reveals[sheet.id] = sheet.reveal;
  conceal(run, [&reveals](const std::string& id) {
    const auto found = reveals.find(id);
    return found == reveals.end() ? Reveal::all : found->second;
  });
}

RunResult single_result(ScenarioResult result) {
  RunResult run;
  run.started = result.started;
  run.lasted = result.lasted;
  run.scenarios.push_back(summarize_one(std::move(result)));
  return run;
}

}  // namespace wireproof
