#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <pugixml.hpp>
#include <sstream>
#include <string_view>

#include "base/text/words.h"
#include "report/report.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

// The subset that GitLab, Jenkins and GitHub's report actions all read: at most one of failure,
// error and skipped per testcase, no properties, no elements of our own. The sheets of each level
// are a suite.

enum class Outcome : std::uint8_t { passed, failed, error, skipped };

// JUnit has no word for XFAIL (expected, so no failure) nor for INCONCLUSIVE (no judgement, so an
// error).
Outcome outcome_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return Outcome::passed;
    case Verdict::fail:
    case Verdict::xpass:
    case Verdict::flaky:
      return Outcome::failed;
    case Verdict::error:
    case Verdict::inconclusive:
      return Outcome::error;
    case Verdict::skip:
    case Verdict::xfail:
      return Outcome::skipped;
  }
  return Outcome::error;
}

void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(value.c_str());
}

std::string seconds(Duration duration) {
  return fmt::format("{:.6f}", std::chrono::duration<double>(duration).count());
}

// ISO 8601 in UTC without fraction, as the readers want it.
std::string render_date_time(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

using Summaries = std::vector<const ScenarioSummary*>;

void set_totals(pugi::xml_node node, const std::string& name, const Summaries& scenarios,
                Duration lasted) {
  const auto count = [&scenarios](Outcome outcome) {
    return std::to_string(std::ranges::count(scenarios, outcome, [](const auto* scenario) {
      return outcome_of(scenario->result.verdict);
    }));
  };
  set(node, "name", name);
  set(node, "tests", std::to_string(scenarios.size()));
  set(node, "failures", count(Outcome::failed));
  set(node, "errors", count(Outcome::error));
  set(node, "skipped", count(Outcome::skipped));
  set(node, "time", seconds(lasted));
}

std::string message_of(const ScenarioResult& result) {
  if (!result.reason.empty()) return result.reason;
  if (!result.failures.empty()) return result.failures.front().diagnostic.message;
  return render_verdict(result.verdict);
}

std::string body_of(const ScenarioSummary& scenario) {
  std::string body;
  for (const Failure& failure : scenario.result.failures) body += failure.rendered + "\n";
  for (const HistoryCount& history : scenario.histories) {
    if (scenario.repeats < 2) break;
    body += fmt::format("{} x {} {}\n", history.count, render_verdict(history.verdict),
                        history.history);
  }
  return body;
}

// `[[` begins a tag wherever it stands, so that captured text must not contain it.
std::string without_tags(std::string text) {
  for (std::size_t at = 0; (at = text.find("[[", at)) != std::string::npos; ++at) {
    text.insert(at + 1, " ");
  }
  return text;
}

void append_outcome(pugi::xml_node testcase, const ScenarioSummary& scenario) {
  const Outcome outcome = outcome_of(scenario.result.verdict);
  if (outcome == Outcome::passed) return;
  const char* const name = outcome == Outcome::failed  ? "failure"
                           : outcome == Outcome::error ? "error"
                                                       : "skipped";
  pugi::xml_node node = testcase.append_child(name);
  set(node, "message", xml_text(without_tags(one_line(message_of(scenario.result)))));
  set(node, "type", render_verdict(scenario.result.verdict));
  const std::string body = xml_text(without_tags(body_of(scenario)));
  if (!body.empty()) node.text().set(body.c_str());
}

// The ATTACHMENT line is what GitLab and Jenkins' plugin look for.
std::string output_of(const ScenarioResult& result) {
  std::string text;
  if (!result.packets.empty()) {
    text += render_packet_table(result.packets, TableFormat::text, {});
  }
  text += render_call_rows(result);
  text += indented(result.server_output, "server | ");
  text = without_tags(std::move(text));
  const bool can_attach = result.capture_file.find_first_of("]\n") == std::string::npos;
  if (!result.capture_file.empty() && can_attach) {
    text += "[[ATTACHMENT|" + result.capture_file + "]]\n";
  }
  return xml_text(text);
}

// Spans are byte offsets, and reports do not have the sheet: the line is read from the second line
// of the rendered message, ` --> NAME:LINE:COLUMN` (base/diagnostic.h).
std::optional<std::size_t> line_of(std::string_view rendered) {
  const std::size_t begin = rendered.find('\n');
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view place = rendered.substr(begin + 1);
  place = place.substr(0, place.find('\n'));
  if (place.find("--> ") == std::string_view::npos) return std::nullopt;
  place = place.substr(0, place.rfind(':'));  // without the column
  return parse_number<std::size_t>(place.substr(place.rfind(':') + 1));
}

// The line of the sheet, from 1, that the first failure points at; 1 when none has a place.
std::size_t first_line_of(const ScenarioResult& result) {
  for (const Failure& failure : result.failures) {
    if (!failure.diagnostic.span) continue;
    if (const auto line = line_of(failure.rendered)) return *line;
  }
  return 1;
}

void append_testcase(pugi::xml_node suite, const ScenarioSummary& scenario) {
  const ScenarioResult& result = scenario.result;
  const std::size_t slash = result.id.rfind('/');
  const bool in_folder = slash != std::string::npos;
  pugi::xml_node testcase = suite.append_child("testcase");
  set(testcase, "classname", xml_text(one_line(in_folder ? result.id.substr(0, slash) : ".")));
  set(testcase, "name", xml_text(one_line(in_folder ? result.id.substr(slash + 1) : result.id)));
  set(testcase, "file", xml_text(one_line(result.file)));
  set(testcase, "line", std::to_string(first_line_of(result)));
  set(testcase, "time", seconds(result.lasted));
  append_outcome(testcase, scenario);
  const std::string output = output_of(result);
  if (!output.empty()) testcase.append_child("system-out").text().set(output.c_str());
}

}  // namespace

std::string render_junit(const RunResult& run) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "UTF-8");
  pugi::xml_node root = document.append_child("testsuites");
  Summaries all;
  std::map<SheetLevel, Summaries> levels;
  for (const ScenarioSummary& scenario : run.scenarios) {
    all.push_back(&scenario);
    levels[scenario.result.level].push_back(&scenario);
  }
  set_totals(root, "wireproof", all, run.lasted);
  for (const auto& [level, scenarios] : levels) {
    const char* const name = level == SheetLevel::exercise ? "exercise" : "robust";
    Duration lasted{};
    for (const ScenarioSummary* const scenario : scenarios) lasted += scenario->result.lasted;
    pugi::xml_node suite = root.append_child("testsuite");
    set_totals(suite, name, scenarios, lasted);
    set(suite, "timestamp", render_date_time(run.started));
    for (const ScenarioSummary* const scenario : scenarios) append_testcase(suite, *scenario);
  }
  std::ostringstream out;
  document.save(out, " ");
  return out.str();
}

}  // namespace wireproof
