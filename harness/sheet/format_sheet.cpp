#include "sheet/format_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "sheet/scenario.h"
#include "sheet/text/markdown.h"
#include "sheet/text/sheet_text.h"
#include "sheet/text/table_alignment.h"

namespace wireproof {
namespace {

// What a table says, row by row; missing cells are empty ones.
std::vector<std::vector<std::string>> cells_of(const Table& table) {
  std::vector<std::vector<std::string>> cells;
  const auto add_row = [&](const TableRow& row) {
    std::vector<std::string>& added = cells.emplace_back();
    for (const Fragment& cell : row.cells) added.push_back(cell.text);
    added.resize(std::max(added.size(), table.heading.cells.size()));
  };
  add_row(table.heading);
  for (const TableRow& row : table.rows) add_row(row);
  return cells;
}

// The first table that reads in another way in the other text; nothing where all are the same.
std::optional<Span> changed_table(const SourceText& before, const SourceText& after,
                                  std::size_t body) {
  const std::vector<Section> old = read_markdown(before, body);
  const std::vector<Section> sections = read_markdown(after, body);
  for (std::size_t i = 0; i < old.size(); ++i) {
    const std::size_t count = i < sections.size() ? sections[i].tables.size() : 0;
    for (std::size_t j = 0; j < old[i].tables.size(); ++j) {
      const Table& table = old[i].tables[j];
      if (j >= count || cells_of(table) != cells_of(sections[i].tables[j])) return table.span;
    }
  }
  return std::nullopt;
}

}  // namespace

Expected<std::string, Diagnostics> format_sheet(const SourceText& source) {
  Problems problems;
  if (!check_text(source.text(), problems)) return Unexpected<Diagnostics>(problems.take());
  Problems of_front_matter;  // what its values are is not asked here
  FrontMatter front;
  const std::size_t body = parse_front_matter(source, front, of_front_matter);
  if (body == source.text().size() && of_front_matter.has_errors()) {
    return Unexpected<Diagnostics>(of_front_matter.take());
  }
  std::string text = align_tables(source, body, problems);
  if (problems.has_errors()) return Unexpected<Diagnostics>(problems.take());
  // What a formatter writes must mean the same, whatever Markdown's rules hold for such a table.
  if (const auto changed = changed_table(source, SourceText(source.name(), text), body)) {
    problems.error(ProblemCode::unalignable_table, *changed,
                   "this table would say something else when it is aligned",
                   "write it with a bar at both ends of each line");
  }
  if (text.size() > kMaxSheetBytes) {
    problems.error(
        ProblemCode::file_too_large,
        fmt::format("the sheet would have {} bytes when its tables are aligned", text.size()),
        fmt::format("a sheet has at most {} bytes", kMaxSheetBytes));
  }
  if (problems.has_errors()) return Unexpected<Diagnostics>(problems.take());
  return text;
}

}  // namespace wireproof
