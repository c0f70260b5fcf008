#include "fuzz/sheets.h"
#include "fuzz/targets.h"
#include "sheet/table/measures.h"
#include "sheet/table/packet_cells.h"
#include "sheet/table/path_table.h"

// The lines are cells of a row: From, To, Info, Len, Data, Level, Seq, Cause, Side, Blocked,
// Fate; each is read as the other kinds of cells, too.
namespace wireproof {
namespace {

constexpr std::array kColumns{"From", "To",    "Info", "Len",     "Data", "Level",
                              "Seq",  "Cause", "Side", "Blocked", "Fate"};

void read_path_cells(const Fragment& cell) {
  Problems problems;
  const bool acts = parse_path_action(cell, problems).has_value();
  promise(acts != problems.has_errors(), "a deed that is not understood is an error");
  Problems of_choice;
  const auto choice = parse_path_choice(cell, of_choice);
  promise(choice.has_value() != of_choice.has_errors(), "so is a choice");
  std::uint64_t last = 0;
  for (const Range& range : choice.value_or(PathChoice{}).ranges) {
    promise(last < range.least && range.least <= range.most, "packets are chosen once, in order");
    last = range.most;
  }
}

void read_cell(const Fragment& cell, const SourceText& source) {
  Problems problems;
  Row row;
  const bool understood = parse_packet_info(cell, row, problems);
  promise(understood != problems.has_errors(), "an Info that is not understood is an error");
  parse_level(cell, Level::should, problems);
  read_path_cells(cell);
  if (const auto sum = parse_length_sum(cell.text)) {
    promise(sum->least <= sum->most, "a length is no negative one");
  }
  for (int kind = 0; kind <= static_cast<int>(MeasureKind::server_memory); ++kind) {
    const auto range = parse_measure_range(static_cast<MeasureKind>(kind), cell.text);
    if (range) promise(!(range->least > range->most), "a measure can be met");
  }
  const Fragment filled = substitute(strip_backticks(trim(cell)), {{"a", "b|`\""}}, problems);
  promise(filled.origins.size() == filled.text.size() + 1, "every byte has its place");
  check_diagnostics(problems.take(), source);
}

TableRow make_row(const SourceText& source) {
  TableRow row;
  for (std::size_t line = 1; line <= source.line_count() && line <= kColumns.size(); ++line) {
    row.cells.push_back(trim(make_fragment(source.line_text(line), source.line_start(line))));
  }
  row.span = {0, source.text().size()};
  return row;
}

}  // namespace

void fuzz_cells(ByteView input) {
  const SourceText source("cells", std::string(as_text(input)));
  for (std::size_t line = 1; line <= source.line_count(); ++line) {
    read_cell(make_fragment(source.line_text(line), source.line_start(line)), source);
  }
  Table table;
  for (const char* const column : kColumns) table.heading.cells.push_back(make_fragment(column, 0));
  table.rows = {make_row(source)};
  const Parameters parameters;
  Problems problems;
  const PacketTableContext context{known_layouts(), parameters, nullptr, std::uint16_t{80}};
  const PacketTable read = parse_packet_table(table, "", context, problems);
  promise(read.rows.size() <= 1, "one row is at most one");
  promise(read.rows.size() == 1 || problems.has_errors(), "a row that is left out is an error");
  check_diagnostics(problems.take(), source);
}

}  // namespace wireproof
