#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/text_cursor.h"

namespace wireproof {

enum class Align : std::uint8_t { left, right };
enum class TableFormat : std::uint8_t { text, markdown, csv, json };

// Whether a user who writes `name` means this column: case does not count.
bool is_column_name(std::string_view name, std::string_view column);

struct TableColumn {
  std::string name;
  Align align = Align::left;  // right: numbers, in JSON without quotes
  std::size_t width = 0;      // what text and Markdown leave room for, in code points
  bool ascii = false;         // all cells are: nobody has to look how wide they are
};

// Rows in one form, written as they come:
//   text      columns two blanks apart, no blanks at a line's end; one widens for good with the
//             first cell that needs it
//   markdown  GitHub-flavoured, `|` in cells as `\|`; padded to the columns' widths
//   csv       RFC 4180: quotes where needed, CRLF line ends
//   json      RFC 8259: a list of objects, one a line, keyed by the columns' names
// Cells are UTF-8; in JSON without control characters, elsewhere as the caller made them safe.
class TableWriter {
 public:
  TableWriter(TableFormat format, std::vector<TableColumn> columns);

  // All of them append to `out`.
  void write_heading(fmt::memory_buffer& out);
  // `put_cell(cursor, index)` puts the text of a column's cell and gives where it ended. It
  // is called again where `out` had no room.
  template <class PutCell>
  void write_row(fmt::memory_buffer& out, PutCell put_cell) {
    const std::size_t begin = out.size();
    for (;; out.reserve(2 * out.capacity())) {
      out.resize(out.capacity());
      const char* const end = put_row({out.data() + begin, out.size() - begin}, put_cell);
      if (end != nullptr) return out.resize(static_cast<std::size_t>(end - out.data()));
    }
  }
  void write_end(fmt::memory_buffer& out) const;

 private:
  struct Column : TableColumn {
    std::size_t blanks = 0;  // in front of the last cell that was aligned right
  };

  template <class PutCell>
  char* put_row(TextCursor out, PutCell& put_cell) {
    if (format_ == TableFormat::text) return put_text_row(out, put_cell);
    for (std::size_t index = 0; index < columns_.size(); ++index) {
      char* const cell = out.go_on(begin_cell(out, index)).at();
      out.go_on(put_cell(out, index));
      out.go_on(end_cell(out, index, cell));
    }
    return end_row(out);
  }
  template <class PutCell>
  char* put_text_row(TextCursor out, PutCell& put_cell) {
    char* const line = out.at();
    char* last = line;  // where the last cell with a text ends
    const std::size_t count = columns_.size();
    for (std::size_t index = 0; index < count; ++index) {
      out.put_blanks((index > 0 ? 2 : 0) + columns_[index].blanks);
      char* const cell = out.at();
      out.go_on(put_cell(out, index));
      char* const end = out.at();
      pad_text(out, index, cell);
      if (end != cell) last = columns_[index].align == Align::right ? out.at() : end;
    }
    out.back_to(last);
    while (out.at() > line && out.at()[-1] == ' ') out.back_to(out.at() - 1);
    return out.put('\n').at();
  }
  // The usual case at once: most numbers of a column are as long as the one before, whose blanks
  // stand there already, and blanks behind a line's last cell would go again.
  void pad_text(TextCursor& out, std::size_t index, char* cell) {
    const Column& column = columns_[index];
    const auto size = static_cast<std::size_t>(out.at() - cell);
    if (column.align == Align::right) {
      if (size + column.blanks != column.width) out.go_on(pad_cell(out, index, cell));
    } else if (index + 1 < columns_.size()) {
      if (column.ascii && size <= column.width) {
        out.put_blanks(column.width - size);
      } else {
        out.go_on(pad_cell(out, index, cell));
      }
    }
  }
  char* begin_cell(TextCursor out, std::size_t index) const;
  char* end_cell(TextCursor out, std::size_t index, char* cell);
  char* end_row(TextCursor out);
  char* pad_cell(TextCursor out, std::size_t index, char* cell);

  TableFormat format_;
  std::vector<Column> columns_;
  bool has_rows_ = false;
};

// Rows of cells with a heading. Rows may be shorter than the heading; missing cells are empty.
struct TextTable {
  std::vector<std::string> heading;
  std::vector<Align> aligns;  // per column; missing means left
  std::vector<std::vector<std::string>> rows;

  bool operator==(const TextTable&) const = default;
};

// The whole table; columns are as wide as their widest cell.
std::string render_table(const TextTable& table, TableFormat format);
inline std::string render_text_table(const TextTable& table) {
  return render_table(table, TableFormat::text);
}

// Printed width in code points; an invalid byte counts as one.
std::size_t text_width(std::string_view text);

}  // namespace wireproof
