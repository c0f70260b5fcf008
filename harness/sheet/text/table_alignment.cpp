#include "sheet/text/table_alignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <map>
#include <string_view>
#include <vector>

#include "base/text/utf8.h"
#include "sheet/text/markdown.h"
#include "sheet/text/sheet_text.h"

namespace wireproof {
namespace {

constexpr std::string_view kBlanks = " \t";

enum class CellAlign : std::uint8_t { none, left, center, right };  // `---`, `:--`, `:-:`, `--:`

struct AlignedColumn {
  CellAlign align = CellAlign::none;
  std::size_t width = 1;  // columns of a terminal
};

struct AlignedRow {
  std::size_t line = 0;            // from 1
  std::string indent;              // what stands before the first bar
  std::vector<std::string> cells;  // as they are written
};

std::size_t shown_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_code_point(text, at);
    width += display_width(point.value);
    at += point.size;
  }
  return width;
}

bool is_blank_text(std::string_view text) {
  return text.find_first_not_of(kBlanks) == text.npos;
}

class TableAligner {
 public:
  TableAligner(const SourceText& source, const Table& table) : source_(source) {
    add_row(table.heading);
    read_delimiters();
    for (const TableRow& row : table.rows) {
      if (has_bar(row)) add_row(row);
    }
    for (const AlignedRow& row : rows_) widen(row);
  }

  // Bytes of all lines at most, so that nothing is written that is too large. A column of a
  // terminal takes no more bytes than the cells have besides.
  std::size_t size_bound() const {
    std::size_t line = 2;
    for (const AlignedColumn& column : columns_) line += column.width + 3;
    return line * (rows_.size() + 1);
  }

  void write(std::map<std::size_t, std::string>& lines) const {
    for (const AlignedRow& row : rows_) lines[row.line] = row.indent + render_cells(row);
    const AlignedRow& heading = rows_.front();
    const std::string_view old = source_.line_text(heading.line + 1);
    lines[heading.line + 1] = indent_of(old, delimiters_begin(old)) + render_delimiters();
  }

 private:
  bool has_bar(const TableRow& row) const {
    const std::string_view text = source_.text();
    return text.substr(row.span.begin, row.span.end - row.span.begin).find('|') != text.npos &&
           (row.cells.size() > 1 || text[row.span.begin] == '|' || text[row.span.end - 1] == '|');
  }

  void add_row(const TableRow& row) {
    AlignedRow& added = rows_.emplace_back();
    added.line = source_.position(row.span.begin).line;
    added.indent =
        indent_of(source_.line_text(added.line), row.span.begin - source_.line_start(added.line));
    for (const Fragment& cell : row.cells) {
      added.cells.push_back(boost::replace_all_copy(cell.text, "|", "\\|"));
    }
  }

  // What stands before a row stays; where that is blanks alone, all rows have those of the heading.
  std::string indent_of(std::string_view line, std::size_t begin) const {
    std::string indent(line.substr(0, begin));
    const bool is_heading = rows_.size() == 1 && rows_.front().indent.empty();
    if (is_heading || !is_blank_text(indent) || !is_blank_text(rows_.front().indent)) return indent;
    return rows_.front().indent;
  }

  static std::size_t delimiters_begin(std::string_view line) {
    const std::size_t before = line.find_last_not_of("|:- \t");
    const std::size_t begin = before == line.npos ? 0 : before + 1;
    return std::min(line.find_first_not_of(kBlanks, begin), line.size());
  }

  void read_delimiters() {
    std::string_view line = source_.line_text(rows_.front().line + 1);
    line.remove_prefix(delimiters_begin(line));
    line.remove_prefix(line.starts_with('|') ? 1 : 0);
    for (std::size_t index = 0; index < rows_.front().cells.size(); ++index) {
      const std::string cell(line.substr(0, line.find('|')));
      line.remove_prefix(std::min(cell.size() + 1, line.size()));
      columns_.push_back({read_align(trim_text(cell)), 1});
    }
  }

  static CellAlign read_align(std::string_view delimiter) {
    const bool left = delimiter.starts_with(':');
    const bool right = delimiter.size() > 1 && delimiter.ends_with(':');
    if (left && right) return CellAlign::center;
    if (left) return CellAlign::left;
    return right ? CellAlign::right : CellAlign::none;
  }

  void widen(const AlignedRow& row) {
    const std::size_t count = std::min(row.cells.size(), columns_.size());
    for (std::size_t index = 0; index < count; ++index) {
      columns_[index].width = std::max(columns_[index].width, shown_width(row.cells[index]));
    }
  }

  // Cells that are one too many belong to no column.
  std::string render_cells(const AlignedRow& row) const {
    std::string line = "|";
    for (std::size_t index = 0; index < std::max(row.cells.size(), columns_.size()); ++index) {
      const std::string cell = index < row.cells.size() ? row.cells[index] : "";
      const AlignedColumn column = index < columns_.size() ? columns_[index] : AlignedColumn{};
      const std::size_t width = shown_width(cell);
      const std::string blanks(column.width - std::min(column.width, width), ' ');
      const bool is_right = column.align == CellAlign::right;
      line += fmt::format(" {}{}{} |", is_right ? blanks : "", cell, is_right ? "" : blanks);
    }
    return line;
  }

  std::string render_delimiters() const {
    std::string line = "|";
    for (const AlignedColumn& column : columns_) {
      std::string rule(column.width + 2, '-');
      const CellAlign align = column.align;
      if (align == CellAlign::left || align == CellAlign::center) rule.front() = ':';
      if (align == CellAlign::right || align == CellAlign::center) rule.back() = ':';
      line += rule + "|";
    }
    return line;
  }

  const SourceText& source_;      // outlives the aligner, which is a local of align_tables()
  std::vector<AlignedRow> rows_;  // the heading first
  std::vector<AlignedColumn> columns_;
};

std::string replace_lines(const SourceText& source,
                          const std::map<std::size_t, std::string>& lines) {
  const std::string& text = source.text();
  std::string result;
  std::size_t copied = 0;
  for (const auto& [line, replacement] : lines) {
    const std::size_t begin = source.line_start(line);
    result.append(text, copied, begin - copied);
    result += replacement;
    copied = begin + source.line_text(line).size();
  }
  return result.append(text, copied);
}

}  // namespace

std::string align_tables(const SourceText& source, std::size_t body, Problems& problems) {
  std::map<std::size_t, std::string> lines;
  std::size_t size = source.text().size();
  for (const Section& section : read_markdown(source, body)) {
    for (const Table& table : section.tables) {
      const TableAligner aligner(source, table);
      size += aligner.size_bound();
      if (size > 2 * kMaxSheetBytes) {
        problems.error(ProblemCode::unalignable_table, table.span,
                       "this table would be too large when it is aligned",
                       "a cell is much longer than the others of its column");
        return source.text();
      }
      aligner.write(lines);
    }
  }
  return replace_lines(source, lines);
}

}  // namespace wireproof
