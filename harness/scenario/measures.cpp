#include "scenario/measures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/time.h"
#include "scenario/cursor.h"
#include "scenario/table_columns.h"

namespace wireproof {
namespace {

enum class Unit : std::uint8_t { time, number, percent, growth };

struct KnownMeasure {
  std::string_view name;
  Unit unit;
  std::string_view example;
};

constexpr std::array<KnownMeasure, 6> kMeasures{{{"reply time", Unit::time, "< 100ms"},
                                                 {"retransmissions", Unit::number, "0"},
                                                 {"packets", Unit::number, "12..16"},
                                                 {"server cpu", Unit::percent, "< 5%"},
                                                 {"server descriptors", Unit::growth, "+0"},
                                                 {"server threads", Unit::growth, "+0"}}};

constexpr std::array<ColumnName, 3> kColumns{
    {{"Measure", "Measure"}, {"Expected", "Expected"}, {"Level", "Level"}}};

bool is_amount(std::string_view text, Unit unit) {
  switch (unit) {
    case Unit::time:
      return parse_duration(text).has_value();
    case Unit::number:
      return parse_unsigned(text).has_value();
    case Unit::percent:
      return text.ends_with('%') && parse_unsigned(text.substr(0, text.size() - 1)).has_value();
    case Unit::growth:
      return text.starts_with('+') && parse_unsigned(text.substr(1)).has_value();
  }
  return false;
}

// `< A`, `<= A`, `> A`, `>= A`, `A`, `A..B`.
bool is_condition(std::string_view text, Unit unit) {
  for (const std::string_view sign : {"<=", ">=", "<", ">", "="}) {
    if (text.starts_with(sign)) return is_amount(trim_text(text.substr(sign.size())), unit);
  }
  const std::size_t dots = text.find("..");
  if (dots == text.npos) return is_amount(text, unit);
  return is_amount(trim_text(text.substr(0, dots)), unit) &&
         is_amount(trim_text(text.substr(dots + 2)), unit);
}

Level read_level(const Fragment& cell, Unit unit, Problems& problems) {
  // Times depend on the machine, so they are no must unless the sheet says so.
  if (cell.empty()) return unit == Unit::time ? Level::should : Level::must;
  const std::string name = lower_case(cell.text);
  if (name == "should") return Level::should;
  if (name == "info") return Level::info;
  if (name != "must") {
    const std::vector<std::string> names{"must", "should", "info"};
    problems.error(cell.span(), fmt::format("`{}` is no level", cell.text),
                   suggest_name(name, names));
  }
  return Level::must;
}

}  // namespace

bool is_measure_table(const Table& table) {
  const TableColumns columns(table, kColumns);
  return columns.has("Measure") && columns.has("Expected");
}

std::vector<Measure> parse_measures(const Table& table, const Parameters& parameters,
                                    Problems& problems) {
  const TableColumns columns(table, kColumns);
  columns.report_slips(table, problems);
  columns.report_repeats(table, problems);
  std::vector<std::string> names;
  for (const KnownMeasure& known : kMeasures) names.emplace_back(known.name);
  std::vector<Measure> measures;
  for (const TableRow& source : table.rows) {
    const Fragment name = columns.cell(source, "Measure", parameters, problems);
    const Fragment expected = columns.cell(source, "Expected", parameters, problems);
    const auto known = std::ranges::find(kMeasures, lower_case(name.text), &KnownMeasure::name);
    if (known == kMeasures.end()) {
      problems.error(name.span(), fmt::format("unknown measure `{}`", name.text),
                     suggest_name(name.text, names));
      continue;
    }
    if (!is_condition(expected.text, known->unit)) {
      problems.error(expected.span(),
                     fmt::format("`{}` is nothing that `{}` can be", expected.text, known->name),
                     fmt::format("as: {}", known->example));
      continue;
    }
    const Fragment level = columns.cell(source, "Level", parameters, problems);
    measures.push_back({std::string(known->name), expected.text,
                        read_level(level, known->unit, problems), source.span});
  }
  return measures;
}

}  // namespace wireproof
