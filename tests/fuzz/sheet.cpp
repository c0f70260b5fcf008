#include "sheet/scenario.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/sheets.h"
#include "fuzz/targets.h"
#include "sheet/format_sheet.h"
#include "sheet/session/session_plan.h"
#include "sheet/text/markdown.h"

// A whole sheet: read, and aligned.
namespace wireproof {
namespace {

// What the tables of a text say, cell by cell.
std::string table_words(const SourceText& source) {
  std::string words;
  for (const Section& section : read_markdown(source, 0)) {
    for (const Table& table : section.tables) {
      const std::size_t columns = table.heading.cells.size();
      std::vector<TableRow> rows = table.rows;
      rows.push_back(table.heading);
      for (const TableRow& row : rows) {
        const std::size_t count = std::max(row.cells.size(), columns);
        for (std::size_t i = 0; i < count; ++i) {
          words += (i < row.cells.size() ? row.cells[i].text : "") + "\n";
        }
        words += "\n";
      }
    }
  }
  return words;
}

void check_alignment(const SourceText& source) {
  const auto aligned = format_sheet(source);
  if (!aligned) return check_diagnostics(aligned.error(), source);
  const SourceText after("sheet.md", *aligned);
  promise(table_words(source) == table_words(after), "aligned tables say the same");
  const auto again = format_sheet(after);
  promise(again && *again == *aligned, "what is aligned stays as it is");
}

}  // namespace

void fuzz_sheet(ByteView input) {
  const SourceText source("sheet.md", std::string(as_text(input)));
  check_alignment(source);
  const auto scenario = parse_scenario("sheet", source, {});
  if (!scenario) {
    promise(has_errors(scenario.error()), "a sheet that is refused has an error");
    check_diagnostics(scenario.error(), source);
    return;
  }
  promise(!has_errors(scenario->warnings), "a sheet that is taken has none");
  check_diagnostics(scenario->warnings, source);
  if (!scenario->session) return;
  const SessionPlan plan = plan_session(*scenario->session);
  promise(!plan.cut, "a session that is taken can be played");
  promise(longest_session(plan, scenario->front.timeout) <= kLongestSession, "it ends some day");
}

}  // namespace wireproof
