#include "base/text/text_table.h"

#include <algorithm>
#include <cstring>

#include "base/text/utf8.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

using Cells = std::vector<std::string>;

constexpr std::size_t kLeastRule = 3;  // room for `--:`

std::string_view text_between(const char* begin, const TextCursor& end) {
  return end.is_full() ? std::string_view() : std::string_view(begin, end.at());
}

// Puts `before` in front of each character of the cell that is one of `special`.
char* escape_cell(TextCursor out, char* cell, std::string_view special, char before) {
  const std::string_view text = text_between(cell, out);
  const std::size_t first = text.find_first_of(special);
  if (first == std::string_view::npos) return out.at();
  const std::string rest(text.substr(first));
  out.back_to(cell + first);
  for (const char character : rest) {
    if (special.find(character) != std::string_view::npos) out.put(before);
    out.put(character);
  }
  return out.at();
}

char* quote_csv(TextCursor out, char* cell) {
  if (text_between(cell, out).find_first_of("\",\r\n") == std::string_view::npos) return out.at();
  out.go_on(escape_cell(out, cell, "\"", '"'));
  out.indent(cell, 0, 1);
  if (!out.is_full()) *cell = '"';
  return out.put('"').at();
}

std::string_view cell_of(const Cells& cells, std::size_t column) {
  return column < cells.size() ? std::string_view(cells[column]) : std::string_view();
}

std::vector<TableColumn> columns_of(const TextTable& table, TableFormat format) {
  std::size_t count = table.heading.size();
  for (const Cells& row : table.rows) count = std::max(count, row.size());
  std::vector<TableColumn> columns(count);
  const auto widen = [&](std::string_view cell, TableColumn& column) {
    std::size_t width = text_width(cell);
    if (format == TableFormat::markdown)
      width += static_cast<std::size_t>(std::ranges::count(cell, '|'));
    column.width = std::max(column.width, width);
  };
  for (std::size_t i = 0; i < count; ++i) {
    columns[i].name = cell_of(table.heading, i);
    columns[i].align = i < table.aligns.size() ? table.aligns[i] : Align::left;
    if (format == TableFormat::markdown) columns[i].width = kLeastRule;
    widen(columns[i].name, columns[i]);
    for (const Cells& row : table.rows) widen(cell_of(row, i), columns[i]);
  }
  return columns;
}

// Eight bytes at a time, the last of them again where they are no multiple of it.
bool is_ascii(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080;
  std::uint64_t bits = 0;
  std::uint64_t last = 0;
  if (text.size() < sizeof last) {
    return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) > 0x7f; });
  }
  std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
  for (std::size_t at = 0; at + sizeof bits < text.size(); at += sizeof bits) {
    std::uint64_t next = 0;
    std::memcpy(&next, text.data() + at, sizeof next);
    bits |= next;
  }
  return ((bits | last) & kHighBits) == 0;
}

}  // namespace

bool is_column_name(std::string_view name, std::string_view column) {
  return lower_case(name) == lower_case(column);
}

TableWriter::TableWriter(TableFormat format, std::vector<TableColumn> columns) : format_(format) {
  for (TableColumn& column : columns) columns_.push_back({std::move(column)});
}

void TableWriter::write_heading(fmt::memory_buffer& out) {
  if (format_ == TableFormat::json) return out.push_back('[');
  write_row(out, [this](TextCursor cell, std::size_t index) {
    return cell.put(columns_[index].name).at();
  });
  if (format_ != TableFormat::markdown) return;
  write_row(out, [this](TextCursor cell, std::size_t index) {
    const std::size_t width = std::max(columns_[index].width, kLeastRule);
    const bool is_right = columns_[index].align == Align::right;
    return cell.put(std::string(width - 1, '-')).put(is_right ? ':' : '-').at();
  });
}

void TableWriter::write_end(fmt::memory_buffer& out) const {
  constexpr std::string_view kEnd = "\n]\n";
  if (format_ == TableFormat::json) out.append(kEnd);
}

char* TableWriter::begin_cell(TextCursor out, std::size_t index) const {
  if (format_ == TableFormat::markdown) return out.put("| ").at();
  if (format_ == TableFormat::csv) return out.put(index > 0 ? "," : "").at();
  const Column& column = columns_[index];
  out.put(index > 0 ? "," : has_rows_ ? ",\n{" : "\n{").put('"').put(column.name);
  return out.put(column.align == Align::right ? "\":" : "\":\"").at();
}

char* TableWriter::end_cell(TextCursor out, std::size_t index, char* cell) {
  if (format_ == TableFormat::csv) return quote_csv(out, cell);
  if (format_ == TableFormat::markdown) {
    out.go_on(escape_cell(out, cell, "|", '\\'));
    return out.go_on(pad_cell(out, index, cell)).put(' ').at();
  }
  if (columns_[index].align == Align::right) {
    return out.at() == cell ? out.put("null").at() : out.at();  // a number that is not known
  }
  return out.go_on(escape_cell(out, cell, "\"\\", '\\')).put('"').at();
}

char* TableWriter::end_row(TextCursor out) {
  if (format_ == TableFormat::csv) return out.put("\r\n").at();
  if (format_ == TableFormat::markdown) return out.put("|\n").at();
  has_rows_ = has_rows_ || !out.is_full();
  return out.put('}').at();
}

char* TableWriter::pad_cell(TextCursor out, std::size_t index, char* cell) {
  if (out.is_full()) return out.at();
  Column& column = columns_[index];
  const auto size = static_cast<std::size_t>(out.at() - cell);
  const std::size_t width =
      column.align == Align::right ? size : text_width(std::string_view(cell, size));
  if (format_ == TableFormat::text) column.width = std::max(column.width, width);
  const std::size_t blanks = column.width - std::min(column.width, width);
  if (column.align == Align::left) return out.put_blanks(blanks).at();
  out.indent(cell, column.blanks, blanks);
  if (format_ == TableFormat::text) column.blanks = blanks;
  return out.at();
}

std::string render_table(const TextTable& table, TableFormat format) {
  TableWriter writer(format, columns_of(table, format));
  fmt::memory_buffer out;
  writer.write_heading(out);
  for (const Cells& row : table.rows) {
    writer.write_row(out, [&row](TextCursor cell, std::size_t index) {
      return cell.put(cell_of(row, index)).at();
    });
  }
  writer.write_end(out);
  return fmt::to_string(out);
}

std::size_t text_width(std::string_view text) {
  if (is_ascii(text)) return text.size();
  std::size_t width = 0;
  while (!text.empty()) {
    text.remove_prefix(decode_code_point(text, 0).size);
    ++width;
  }
  return width;
}

}  // namespace wireproof
