#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/text_table.h"
#include "base/text/words.h"
#include "report/findings.h"
#include "report/report.h"
#include "report/safe_text.h"
#include "result/result_codec.h"

namespace wireproof {
namespace {

constexpr std::size_t kVerdictWidth = 12;  // INCONCLUSIVE
constexpr std::size_t kIdWidth = 32;
constexpr std::size_t kVariantWidth = 60;
constexpr std::size_t kShownOutputLines = 20;

const char* color_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
    case Verdict::xfail:
      return "32";
    case Verdict::fail:
    case Verdict::xpass:
    case Verdict::flaky:
      return "1;31";
    case Verdict::error:
    case Verdict::inconclusive:
      return "1;33";
    case Verdict::skip:
      return "36";
  }
  return "0";
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, text_width(text)), ' ');
}

bool lacks_capture(const ScenarioResult& result) {
  return !result.soundness.captured && result.packets.empty();
}

std::string render_packets(const ScenarioResult& result) {
  if (lacks_capture(result)) return "no capture";
  return counted(result.packets.size(), "packet");
}

// In words, the short ones first, and no more than fit beside the rest of the line: `--verbose`
// and the JSON report have them all.
std::string render_variants(const ScenarioResult& result) {
  std::vector<std::string> variants;
  for (const CheckResult& check : result.checks) {
    variants.insert(variants.end(), check.variants.begin(), check.variants.end());
  }
  std::ranges::sort(variants, [](const std::string& a, const std::string& b) {
    return std::pair(a.size(), a) < std::pair(b.size(), b);
  });
  variants.erase(std::unique(variants.begin(), variants.end()), variants.end());
  std::string text;
  for (const std::string& variant : variants) {
    if (!text.empty() && text.size() + variant.size() > kVariantWidth) return text + ", …";
    text += (text.empty() ? "" : ", ") + variant;
  }
  return text;
}

// What a reader wants to know beside the verdict: why, or in which variant it passed.
std::string render_remark(const ScenarioResult& result) {
  // That packets were not judged stands before it.
  const bool is_told = result.verdict == Verdict::pass && lacks_capture(result);
  const std::string why =
      is_told ? "" : one_line(result.reason.empty() ? render_variants(result) : result.reason);
  const std::string replays = render_replays(result.replays);
  return replays + (replays.empty() || why.empty() ? "" : ": ") + why;
}

// `rendered` is plain; the severity at its beginning gets its colour back.
std::string render_failure(const std::string& rendered, Style style) {
  for (const auto& [word, color] : {std::pair{"error", "1;31"}, std::pair{"warning", "1;33"}}) {
    const std::string severity = word;
    if (rendered.starts_with(severity + ":")) {
      return paint(severity, color, style) + rendered.substr(severity.size());
    }
  }
  return rendered;
}

std::string render_check(const CheckResult& check, Style style) {
  std::string line =
      fmt::format("  {} {}", paint(render_verdict(check.verdict), color_of(check.verdict), style),
                  one_line(check.name));
  if (!check.reason.empty()) line += ": " + one_line(check.reason);
  for (const std::string& variant : check.variants) line += "; " + one_line(variant);
  if (!check.history.empty()) line += fmt::format("  [{}]", check.history);
  return line + "\n";
}

std::string render_steps(const std::vector<StepResult>& steps) {
  TextTable table{{"Line", "Actor", "Step", "At", "Took", "Outcome"},
                  {Align::right, Align::left, Align::left, Align::right, Align::right},
                  {}};
  for (const StepResult& step : steps) {
    table.rows.push_back({std::to_string(step.line), one_line(step.actor), one_line(step.text),
                          render_milliseconds(step.started), render_milliseconds(step.lasted),
                          (step.ok ? "" : "failed: ") + one_line(step.outcome)});
  }
  return indented(render_text_table(table), "  ");
}

std::string render_end(const Endpoint& endpoint, const std::string& name) {
  if (endpoint.port == 0) return "*";
  return render_endpoint(endpoint) + (name.empty() ? "" : " " + one_line(name));
}

// As `ss` prints them.
std::string render_sockets(const SocketSnapshot& snapshot) {
  TextTable table{{"Netid", "State", "Recv-Q", "Send-Q", "Local", "Remote"},
                  {Align::left, Align::left, Align::right, Align::right},
                  {}};
  for (const SocketLine& socket : snapshot.sockets) {
    table.rows.push_back({socket.tcp ? "tcp" : "udp", one_line(socket.state),
                          std::to_string(socket.receive_queue), std::to_string(socket.send_queue),
                          render_end(socket.local, socket.local_name),
                          render_end(socket.remote, socket.remote_name)});
  }
  return fmt::format("\n  sockets \"{}\"\n", one_line(snapshot.name)) +
         indented(render_text_table(table), "  ");
}

// The last lines that a program wrote, or all.
std::string render_output(const std::string& output, bool all) {
  std::string_view shown = output;
  std::size_t left_out = 0;
  if (!all) {
    const std::size_t lines = static_cast<std::size_t>(std::ranges::count(shown, '\n')) +
                              (shown.ends_with('\n') ? 0U : 1U);
    for (; left_out + kShownOutputLines < lines; ++left_out) {
      shown.remove_prefix(shown.find('\n') + 1);
    }
  }
  constexpr const char* kMargin = "  server | ";
  std::string text;
  if (left_out > 0) {
    text =
        fmt::format("{}… ({} left out; --verbose shows all)\n", kMargin, counted(left_out, "line"));
  }
  return text + indented(escape_control(std::string(shown)), kMargin);
}

std::string render_verdicts(const std::map<Verdict, std::uint64_t>& counts, Style style) {
  std::string line;
  for (const auto& [verdict, count] : counts) {
    if (!line.empty()) line += ", ";
    line += paint(fmt::format("{} {}", count, render_verdict(verdict)), color_of(verdict), style);
  }
  return line;
}

struct HistoryVerdicts {
  std::string history;
  std::uint64_t count = 0;
  std::map<Verdict, std::uint64_t> verdicts;

  std::string words() const {
    return verdicts.size() == 1 ? render_verdict(verdicts.begin()->first)
                                : render_verdicts(verdicts, Style::plain);
  }
};

// The most frequent first.
std::vector<HistoryVerdicts> join_histories(const std::vector<HistoryCount>& counts) {
  std::map<std::string, HistoryVerdicts> by_history;
  for (const HistoryCount& each : counts) {
    HistoryVerdicts& all = by_history[each.history];
    all.history = each.history;
    all.count += each.count;
    all.verdicts[each.verdict] += each.count;
  }
  std::vector<HistoryVerdicts> joined;
  for (auto& [history, all] : by_history) joined.push_back(std::move(all));
  std::ranges::stable_sort(joined, std::ranges::greater{}, &HistoryVerdicts::count);
  return joined;
}

std::string render_histories(const std::vector<HistoryCount>& counts) {
  constexpr std::size_t kShownHistories = 20;
  const std::vector<HistoryVerdicts> joined = join_histories(counts);
  TextTable table{{"Count", "Verdict", "History"}, {Align::right}, {}};
  std::uint64_t further = 0;
  for (const HistoryVerdicts& each : joined) {
    if (table.rows.size() == kShownHistories) {
      further += each.count;
      continue;
    }
    table.rows.push_back({std::to_string(each.count), each.words(),
                          each.history.empty() ? "(no TCP)" : one_line(each.history)});
  }
  std::string text = indented(render_text_table(table), "  ");
  if (joined.size() > kShownHistories) {
    const std::size_t left = joined.size() - kShownHistories;
    text += fmt::format("  {:>5}  of {} further {}\n", further, left,
                        left == 1 ? "history" : "histories");
  }
  return text;
}

std::string render_histogram(const ScenarioSummary& scenario, Style style) {
  std::string text = fmt::format("  {} repetitions\n", scenario.repeats);
  text += render_histories(scenario.histories);
  for (const auto& [verdict, count] : scenario.verdicts) {
    text +=
        fmt::format("  {} {}\n", count, paint(render_verdict(verdict), color_of(verdict), style));
  }
  return text;
}

std::string render_counts(const RunResult& run, Style style) {
  std::map<Verdict, std::uint64_t> counts;
  for (const ScenarioSummary& scenario : run.scenarios) ++counts[scenario.result.verdict];
  return counts.empty() ? "nothing was run" : render_verdicts(counts, style);
}

std::string render_points(const RunResult& run) {
  double points = 0;
  double most = 0;
  std::size_t giving = 0;
  std::size_t counting = 0;
  for (const ScenarioSummary& scenario : run.scenarios) {
    if (!counts(run, scenario.result)) continue;
    points += scenario.result.points;
    most += scenario.result.max_points;
    ++counting;
    if (scenario.result.max_points > 0) ++giving;
  }
  if (giving == 0) return "";
  const std::string of = giving == counting ? "" : " of " + counted(giving, "sheet");
  return fmt::format(", {:g} of {:g} points{}", points, most, of);
}

constexpr std::size_t kShownParts = 3;  // of a slow sheet
constexpr int kSmallestPart = 10;       // a tenth of the sheet's time

struct TimePart {
  std::string what;
  Duration lasted{};
};

std::vector<TimePart> time_parts(const ScenarioResult& result) {
  std::vector<TimePart> parts;
  Duration steps_end{};
  for (const StepResult& step : result.steps) {
    parts.push_back(
        {"line " + std::to_string(step.line) + ", " + step.actor + ": " + step.text, step.lasted});
    steps_end = std::max(steps_end, step.started + step.lasted);
  }
  parts.push_back({"after the last step", result.lasted - steps_end});
  std::ranges::stable_sort(parts, std::ranges::greater{}, &TimePart::lasted);
  return parts;
}

void add_rows(const ScenarioResult& result, TextTable& table) {
  table.rows.push_back({escape_control(result.id), render_milliseconds(result.lasted), "in all"});
  std::size_t shown = 0;
  for (const TimePart& part : time_parts(result)) {
    if (shown++ == kShownParts || part.lasted * kSmallestPart < result.lasted) return;
    table.rows.push_back({"", render_milliseconds(part.lasted), escape_control(part.what)});
  }
}

}  // namespace

std::string render_replays(std::uint64_t replays) {
  return replays == 0 ? "" : "after " + counted(replays, "replay");
}

std::string render_call_rows(const ScenarioResult& result) {
  std::string text;
  for (const CheckResult& check : result.checks) {
    if (check.call_rows.empty()) continue;
    TextTable table{{"Row", "Expected", "", "Call"}, {Align::right}, {}};
    for (const CallRowResult& row : check.call_rows) {
      std::string met;
      for (const std::size_t call : row.met_by) {
        if (call < result.calls.size()) met += (met.empty() ? "" : ", ") + result.calls[call].name;
      }
      const bool counts = row.verdict == Verdict::pass || row.level == Level::must;
      table.rows.push_back({std::to_string(row.number), one_line(row.call),
                            counts ? render_verdict(row.verdict) : "not met", one_line(met)});
    }
    text += one_line(check.name) + "\n" + render_text_table(table);
  }
  return text;
}

std::string render_level_heading(SheetLevel level, Style style) {
  const char* const words =
      level == SheetLevel::exercise ? "The exercise as set:" : "Beyond the exercise:";
  return paint(words, "1", style) + "\n";
}

std::string render_text_skips(const std::string& reason, std::size_t count, Style style) {
  return paint(padded(render_verdict(Verdict::skip), kVerdictWidth), color_of(Verdict::skip),
               style) +
         "  " + counted(count, "sheet") + ": " + one_line(reason) + "\n";
}

std::string render_text_line(const ScenarioSummary& scenario, Style style) {
  const ScenarioResult& result = scenario.result;
  std::string line =
      paint(padded(render_verdict(result.verdict), kVerdictWidth), color_of(result.verdict), style);
  line += fmt::format("  {}  {:>11}  {:>12}", padded(one_line(result.id), kIdWidth),
                      render_packets(result), render_milliseconds(result.lasted));
  if (scenario.repeats > 1) line += fmt::format("  x{}", scenario.repeats);
  const std::string remark = render_remark(result);
  if (!remark.empty()) line += "  " + remark;
  return line + "\n";
}

std::string render_connections(const ScenarioSummary& scenario, Style style, bool histories) {
  const std::map<Verdict, std::uint64_t> counts(scenario.verdicts.begin(), scenario.verdicts.end());
  std::string text = counted(scenario.repeats, "connection") +
                     (counts.empty() ? "" : ": " + render_verdicts(counts, style)) + "\n";
  if (histories && !scenario.histories.empty()) {
    text += "\n" + render_histories(scenario.histories);
  }
  return text;
}

std::string render_text_details(const ScenarioSummary& scenario, Style style, bool verbose) {
  const ScenarioResult& result = scenario.result;
  // Why sheets failed is told of all together, once for each cause (render_feedback_text).
  const bool is_told_together = !verbose && has_failed(result);
  std::string text;
  if (!is_told_together) {
    for (const Failure& failure : result.failures) {
      text += render_failure(escape_control(failure.rendered), style) + "\n";
    }
  }
  if (verbose) {
    for (const CheckResult& check : result.checks) text += render_check(check, style);
    if (!result.steps.empty()) text += "\n" + render_steps(result.steps);
    for (const SocketSnapshot& snapshot : result.sockets) text += render_sockets(snapshot);
    const std::string call_rows = render_call_rows(result);
    if (!call_rows.empty()) text += "\n" + indented(call_rows, "  ");
    if (!result.packets.empty()) {
      text += "\n" + indented(render_packet_table(result.packets, TableFormat::text, {}), "  ");
    }
  }
  for (const std::string& fault : result.soundness.faults) {
    text += "  capture: " + one_line(fault) + "\n";
  }
  const bool shows_output = verbose || (!is_good(result.verdict) && !is_told_together);
  if (shows_output && !result.server_output.empty()) {
    text += render_output(result.server_output, verbose);
  }
  if (!result.capture_file.empty()) {
    text += "  packets kept in " + one_line(result.capture_file) + "\n";
  }
  if (scenario.repeats > 1) text += render_histogram(scenario, style);
  return text;
}

std::string render_levels(LevelCount exercise, LevelCount robust) {
  return fmt::format("as set: {} of {}; beyond: {} of {}", exercise.passed, exercise.judged,
                     robust.passed, robust.judged);
}

std::string render_text_totals(const RunResult& run, Style style) {
  const std::string totals = render_counts(run, style) + render_points(run);
  if (!run.decides) return totals;
  return totals + " (" +
         render_levels(count_level(run, SheetLevel::exercise),
                       count_level(run, SheetLevel::robust)) +
         ")";
}

std::string render_text_counts(const RunResult& run, Style style) {
  return render_text_totals(run, style) + " in " + render_milliseconds(run.lasted) +
         (run.interrupted ? ", interrupted\n" : "\n");
}

// docs/result.schema.json publishes this form; `run` is what read_json() takes back.
std::string render_json(const RunResult& run) {
  using Json = nlohmann::ordered_json;
  const Json report{{"format", "wireproof"},
                    {"format_version", 1},
                    {"exit_code", exit_code(run)},
                    {"run", Json::parse(write_json(run))}};
  return report.dump(1) + "\n";
}

RunResult read_json_report(const std::string& text) {
  return read_json_field<RunResult>(text, "run");
}

std::string render_slow_sheets(const RunResult& run) {
  TextTable table{{"Slow sheet", "Time", "Where it went"}, {Align::left, Align::right}, {}};
  for (const ScenarioSummary& summary : run.scenarios) {
    if (summary.result.lasted > kSlowSheet) add_rows(summary.result, table);
  }
  return table.rows.empty() ? "" : render_text_table(table) + "\n";
}

}  // namespace wireproof
