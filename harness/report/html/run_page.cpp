#include <fmt/format.h>

#include <algorithm>

#include "base/text/bytes.h"
#include "base/text/words.h"
#include "report/html/exchange.h"
#include "report/html/html.h"
#include "report/html/page.h"
#include "report/html/sheet_page.h"
#include "report/report.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

void add_head(pugi::xml_node section, const RunResult& run) {
  std::string command;
  for (const std::string& word : run.command_line) {
    command += (command.empty() ? "" : " ") + one_line(word);
  }
  add(add_node(section, "pre"), "code", command);
  add(section, "p",
      fmt::format("wireproof {}, {} in {}", one_line(run.version),
                  counted(run.scenarios.size(), "sheet"), render_milliseconds(run.lasted)));
  const std::string limits = render_run_limits(run.limits);
  if (!limits.empty()) add(section, "pre", limits);
  if (run.interrupted) {
    add(section, "p", "The run was interrupted: not every sheet was played.", "doubt");
  }
}

void add_sheet_row(pugi::xml_node rows, const RunResult& run, std::size_t index) {
  const ScenarioSummary& scenario = run.scenarios[index];
  const ScenarioResult& result = scenario.result;
  pugi::xml_node row = add_node(rows, "tr");
  set(row, "data-verdict", render_verdict(result.verdict));
  // No tag of a sheet has a line end in it.
  std::string tags;
  for (const std::string& tag : result.tags) tags += one_line(tag) + "\n";
  set(row, "data-tags", tags);
  add_verdict(row, "td", result.verdict);
  add_link(add_node(row, "td"), sheet_page_id(index), result.id);
  add(row, "td", one_line(result.title));
  add_number(row, std::to_string(result.packets.size()));
  add_number(row, render_milliseconds(result.lasted));
  add_number(row, result.max_points > 0
                      ? fmt::format("{:g} of {:g}", result.points, result.max_points)
                      : "");
  add(row, "td", result.verdict == Verdict::pass ? "" : one_line(result.reason));
}

void add_summary(pugi::xml_node main, const RunResult& run, const std::string& things) {
  pugi::xml_node section = add_node(main, "section", "page");
  set(section, "id", "summary");
  add(section, "h2", "Summary");
  add_head(section, run);
  if (!things.empty()) {
    add(section, "h3", "What is wrong");
    add(section, "pre", escape_control(things), "message");
  }
  std::set<std::string> verdicts;
  std::set<std::string> tags;
  for (const ScenarioSummary& scenario : run.scenarios) {
    verdicts.insert(render_verdict(scenario.result.verdict));
    tags.insert(scenario.result.tags.begin(), scenario.result.tags.end());
  }
  add_filter(section, verdicts, tags);
  pugi::xml_node rows = add_table(
      section, "Sheets", {"Verdict", "Sheet", "Title", "Packets", "Time", "Points", "Why"});
  set(rows, "data-filtered", "");
  for (std::size_t index = 0; index < run.scenarios.size(); ++index) {
    add_sheet_row(rows, run, index);
  }
}

}  // namespace

std::string render_run_html(const RunResult& run, const std::string& things) {
  Page page(render_text_totals(run, Style::plain), "en");
  add_summary(page.main(), run, things);
  for (std::size_t index = 0; index < run.scenarios.size(); ++index) {
    add_sheet_page(page.main(), run, index);
  }
  return page.render();
}

}  // namespace wireproof
