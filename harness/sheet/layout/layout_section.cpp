#include "sheet/layout/layout_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text/text_table.h"
#include "sheet/text/table_columns.h"

namespace wireproof {
namespace {

constexpr std::array<ColumnName, 11> kColumns{{{"Field", "Field"},
                                               {"Feld", "Field"},
                                               {"Type", "Type"},
                                               {"Typ", "Type"},
                                               {"Value", "Value"},
                                               {"Wert", "Value"},
                                               {"Offset", "Offset"},
                                               {"Size", "Size"},
                                               {"Größe", "Size"},
                                               {"Meaning", "Meaning"},
                                               {"If", "If"}}};

class LayoutTableReader {
 public:
  LayoutTableReader(const Table& table, const Heading& heading, const Parameters& parameters,
                    Problems& problems)
      : table_(table),
        heading_(heading),
        parameters_(parameters),
        problems_(problems),
        columns_(table, kColumns) {}

  LayoutSource read() {
    LayoutSource source;
    source.layout.name = heading_.name;
    source.span = heading_.span;
    columns_.report_slips(table_, problems_);
    columns_.report_repeats(table_, problems_);
    for (const TableRow& row : table_.rows) {
      if (source.fields.size() == kMaxFields) {
        problems_.error(ProblemCode::layout_limit, row.span,
                        fmt::format("a layout has at most {} fields", kMaxFields));
        break;
      }
      if (columns_.counts(row, parameters_, problems_)) read_row(row, source);
    }
    if (table_.rows.empty()) {
      problems_.error(ProblemCode::layout_without_fields, table_.span,
                      fmt::format("the layout `{}` has no fields", heading_.name));
    }
    return source;
  }

 private:
  Fragment cell(const TableRow& row, std::string_view column) {
    return columns_.cell(row, column, parameters_, problems_);
  }

  void read_row(const TableRow& row, LayoutSource& source) {
    const Fragment name = cell(row, "Field");
    const Fragment type = cell(row, "Type");
    Field field;
    field.name = name.text;
    if (!check_name(name, row, source)) return;
    if (!parse_field_type(type, heading_.order, field, problems_)) return;
    const Fragment value = cell(row, "Value");
    field.rule = parse_field_rule(value, field, problems_);
    field.meaning = cell(row, "Meaning").text;
    source.layout.fields.push_back(std::move(field));
    source.fields.push_back({type.span(), value.span(), cell(row, "Offset"), cell(row, "Size")});
  }

  bool check_name(const Fragment& name, const TableRow& row, const LayoutSource& source) {
    if (name.empty()) {
      return problems_.error(ProblemCode::line_below_table, row.span,
                             "a row without a field's name", "an empty line ends a table");
    }
    if (name.text.find_first_of(" \t.=\"[]()|,?$") != std::string::npos) {
      return problems_.error(ProblemCode::field_name, name.span(),
                             fmt::format("`{}` is no name of a field", name.text),
                             "one word of letters, digits, `_` and `-`");
    }
    if (field_named(source.layout, name.text) == nullptr) return true;
    return problems_.error(ProblemCode::repeated_field, name.span(),
                           fmt::format("the field `{}` is there twice", name.text));
  }

  const Table& table_;
  const Heading& heading_;
  const Parameters& parameters_;
  Problems& problems_;
  const TableColumns columns_;
};

// Bytes, and behind a dot the bits of the next one.
std::string render_offset(const FieldSpace& space) {
  if (!space.begin) return "varies";
  const std::string bits = *space.begin % 8 == 0 ? "" : fmt::format(".{}", *space.begin % 8);
  return std::to_string(*space.begin / 8) + bits;
}

std::string render_size(const Field& field, const FieldSpace& space) {
  if (field.bits != 0) return field.bits == 1 ? "1 bit" : fmt::format("{} bits", field.bits);
  return space.size ? std::to_string(*space.size / 8) : "varies";
}

}  // namespace

std::optional<LayoutSource> parse_layout_section(const Section& section, const Heading& heading,
                                                 const Parameters& parameters, Problems& problems) {
  const auto fence = std::ranges::find(section.fences, "layout", &Fence::language);
  if (fence != section.fences.end()) {
    return parse_layout_fence(*fence, heading, problems);
  }
  for (const Table& table : section.tables) {
    const TableColumns columns(table, kColumns);
    if (!columns.has("Field") || !columns.has("Type")) continue;
    return LayoutTableReader(table, heading, parameters, problems).read();
  }
  if (!section.tables.empty()) {
    const Table& table = section.tables.front();
    TableColumns(table, kColumns).report_slips(table, problems);
    problems.error(ProblemCode::missing_column, table.span,
                   "a layout's table needs the columns Field and Type");
  } else {
    problems.error(ProblemCode::layout_without_fields, heading.span,
                   fmt::format("the layout `{}` has no fields", heading.name),
                   "a table with the columns Field and Type, or a `layout` fence");
  }
  return std::nullopt;
}

std::string render_layout_table(const Layout& layout, const LayoutSet& layouts) {
  TextTable table;
  table.heading = {"Field", "Type", "Offset", "Size", "Value"};
  table.aligns = {Align::left, Align::left, Align::right, Align::right, Align::left};
  const std::vector<FieldSpace> spaces = measure_fields(layout, layouts);
  for (std::size_t i = 0; i < spaces.size(); ++i) {
    const Field& field = layout.fields[i];
    const FieldSpace& space = spaces[i];
    table.rows.push_back({field.name, render_field_type(field), render_offset(space),
                          render_size(field, space), render_field_rule(field)});
  }
  const auto size = layout_size(layout, layouts);
  const std::string whole = size ? fmt::format("{} bytes", *size) : "the size varies";
  return render_text_table(table) + whole + "\n";
}

}  // namespace wireproof
