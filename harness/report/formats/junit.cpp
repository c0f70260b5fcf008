#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <sstream>

#include "report/formats/format.h"
#include "report/report.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

// The subset that GitLab, Jenkins and GitHub's report actions all read: at most one of failure,
// error and skipped per testcase, no properties, no elements of our own. The sheets of each level
// are a suite.

enum class JunitOutcome : std::uint8_t { passed, failed, error, skipped };

// JUnit has no word for XFAIL (expected, so no failure) nor for INCONCLUSIVE (no judgement, so an
// error).
JunitOutcome outcome_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return JunitOutcome::passed;
    case Verdict::fail:
    case Verdict::xpass:
    case Verdict::flaky:
      return JunitOutcome::failed;
    case Verdict::error:
    case Verdict::inconclusive:
      return JunitOutcome::error;
    case Verdict::skip:
    case Verdict::xfail:
      return JunitOutcome::skipped;
  }
  return JunitOutcome::error;
}

void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(value.c_str());
}

std::string seconds(Duration duration) {
  return fmt::format("{:.6f}", std::chrono::duration<double>(duration).count());
}

using Summaries = std::vector<const ScenarioSummary*>;

void set_totals(pugi::xml_node node, const std::string& name, const Summaries& scenarios,
                Duration lasted) {
  const auto count = [&scenarios](JunitOutcome outcome) {
    return std::to_string(std::ranges::count(scenarios, outcome, [](const auto* scenario) {
      return outcome_of(scenario->result.verdict);
    }));
  };
  set(node, "name", name);
  set(node, "tests", std::to_string(scenarios.size()));
  set(node, "failures", count(JunitOutcome::failed));
  set(node, "errors", count(JunitOutcome::error));
  set(node, "skipped", count(JunitOutcome::skipped));
  set(node, "time", seconds(lasted));
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
  const JunitOutcome outcome = outcome_of(scenario.result.verdict);
  if (outcome == JunitOutcome::passed) return;
  const char* const name = outcome == JunitOutcome::failed  ? "failure"
                           : outcome == JunitOutcome::error ? "error"
                                                            : "skipped";
  pugi::xml_node node = testcase.append_child(name);
  set(node, "message", xml_text(without_tags(message_of(scenario.result))));
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
