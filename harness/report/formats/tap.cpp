#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/findings.h"
#include "report/formats/format.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

using Json = nlohmann::ordered_json;

// Text of a test line: what would begin a directive or an escape gets a backslash (TAP 14).
std::string tap_text(std::string_view text) {
  std::string safe;
  for (const char character : one_line(text)) {
    if (character == '#' || character == '\\') safe += '\\';
    safe += character;
  }
  return safe;
}

// A string of JSON is one of YAML 1.2 (§1.3).
std::string yaml_text(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string render_block(const ScenarioResult& result) {
  std::string text = fmt::format(
      "  ---\n  message: {}\n  severity: {}\n  verdict: {}\n", yaml_text(message_of(result)),
      result.verdict == Verdict::error ? "error" : "fail", render_verdict(result.verdict));
  text += fmt::format("  at:\n    file: {}\n    line: {}\n", yaml_text(one_line(result.file)),
                      first_line_of(result));
  if (!result.failures.empty()) {
    const Diagnostic& first = result.failures.front().diagnostic;
    for (const char* const label : {"expected", "captured"}) {
      const std::string note = find_note(first, label);
      if (!note.empty()) text += fmt::format("  {}: {}\n", label, yaml_text(one_line(note)));
    }
  }
  const double milliseconds = std::chrono::duration<double, std::milli>(result.lasted).count();
  return text + fmt::format("  duration_ms: {:.3f}\n  ...\n", milliseconds);
}

// The directive of a test that is expected to fail; in two parts, as our own source has none.
constexpr std::string_view kMayFail =
    "TO"
    "DO";

// What was expected to fail may, and so may what is beyond the level that decides; what was
// expected to and did not is to be looked at.
std::string render_test(const ScenarioResult& result, bool counts, std::size_t number) {
  const std::string name = fmt::format("{} - {}", number, tap_text(result.id));
  switch (result.verdict) {
    case Verdict::pass:
      return fmt::format("ok {}\n", name);
    case Verdict::skip:
      return fmt::format("ok {} # SKIP {}\n", name, tap_text(result.reason));
    case Verdict::xfail:
      return fmt::format("not ok {} # {} {}\n", name, kMayFail, tap_text(message_of(result)));
    default:
      return fmt::format("not ok {}{}\n{}", name,
                         counts ? "" : fmt::format(" # {} beyond the exercise", kMayFail),
                         render_block(result));
  }
}

}  // namespace

std::string render_tap(const RunResult& run) {
  std::string text = fmt::format("TAP version 14\n1..{}", run.scenarios.size());
  if (run.scenarios.empty()) text += " # no sheets";
  text += "\n";
  std::size_t number = 0;
  for (const ScenarioSummary& scenario : run.scenarios) {
    text += render_test(scenario.result, counts(run, scenario.result), ++number);
  }
  if (run.interrupted) text += "Bail out! interrupted\n";
  return text;
}

}  // namespace wireproof
