#include "sheet/text/table_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "sheet/text/condition.h"

namespace wireproof {
namespace {

std::string_view canonical_of(std::string_view heading, std::span<const ColumnName> names) {
  const std::string wanted = lower_case(heading);
  const auto found = std::ranges::find_if(
      names, [&wanted](const ColumnName& name) { return lower_case(name.written) == wanted; });
  return found == names.end() ? std::string_view() : found->canonical;
}

}  // namespace

TableColumns::TableColumns(const Table& table, std::span<const ColumnName> names) : names_(names) {
  for (std::size_t i = 0; i < table.heading.cells.size(); ++i) {
    const std::string_view canonical = canonical_of(table.heading.cells[i].text, names);
    if (!canonical.empty()) indexes_.emplace(canonical, i);
  }
}

bool TableColumns::has(std::string_view canonical) const {
  return indexes_.contains(canonical);
}

Fragment TableColumns::cell(const TableRow& row, std::string_view canonical,
                            const Parameters& parameters, Problems& problems) const {
  const auto index = indexes_.find(canonical);
  if (index == indexes_.end() || index->second >= row.cells.size()) {
    return make_fragment("", row.span.end);
  }
  return substitute(strip_backticks(row.cells[index->second]), parameters, problems);
}

std::map<std::string, Span> TableColumns::cell_spans(const TableRow& row,
                                                     const Parameters& parameters) const {
  std::map<std::string, Span> spans;
  Problems told_elsewhere;
  for (const auto& [canonical, index] : indexes_) {
    spans.emplace(canonical, cell(row, canonical, parameters, told_elsewhere).span());
  }
  return spans;
}

bool TableColumns::counts(const TableRow& row, const Parameters& parameters,
                          Problems& problems) const {
  const Fragment condition = cell(row, "If", parameters, problems);
  if (condition.empty()) return true;
  bool all_hold = true;
  for (std::string_view rest = condition.text; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const auto one = parse_condition(rest.substr(0, comma));
    const auto own = one ? parameters.find(one->name) : parameters.end();
    if (own == parameters.end()) {
      problems.error(
          ProblemCode::unknown_condition, condition.span(),
          fmt::format("`{}` is no condition", condition.text),
          "NAME=VALUE of a parameter, and the row is there only where it has that value");
      return true;
    }
    all_hold = all_hold && one->holds(own->second);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return all_hold;
}

void TableColumns::report_slips(const Table& table, Problems& problems) const {
  std::vector<std::string> free_names;
  for (const ColumnName& name : names_) {
    // One- and two-letter names are near to everything.
    if (name.written.size() > 3 && !has(name.canonical)) free_names.emplace_back(name.written);
  }
  for (const Fragment& heading : table.heading.cells) {
    if (!canonical_of(heading.text, names_).empty()) continue;
    if (const auto meant = nearest_name(heading.text, free_names)) {
      problems.error(ProblemCode::unknown_column, heading.span(),
                     fmt::format("unknown column `{}`", heading.text),
                     fmt::format("did you mean `{}`?", *meant));
    }
  }
}

void TableColumns::report_repeats(const Table& table, Problems& problems) const {
  for (std::size_t i = 0; i < table.heading.cells.size(); ++i) {
    const Fragment& heading = table.heading.cells[i];
    const std::string_view canonical = canonical_of(heading.text, names_);
    if (canonical.empty() || indexes_.find(canonical)->second == i) continue;
    problems.error(ProblemCode::repeated_column, heading.span(),
                   fmt::format("the column `{}` is there twice", canonical),
                   "two headings of this table mean the same");
  }
}

}  // namespace wireproof
