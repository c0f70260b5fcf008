#include "report/report.h"

#include <algorithm>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/text_table.h"

namespace wireproof {
namespace {

constexpr std::size_t kShownParts = 3;
constexpr int kSmallestPart = 10;  // a tenth of the sheet's time

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

std::string render_slow_sheets(const RunResult& run) {
  TextTable table{{"Slow sheet", "Time", "Where it went"}, {Align::left, Align::right}, {}};
  for (const ScenarioSummary& summary : run.scenarios) {
    if (summary.result.lasted > kSlowSheet) add_rows(summary.result, table);
  }
  return table.rows.empty() ? "" : render_text_table(table) + "\n";
}

}  // namespace wireproof
