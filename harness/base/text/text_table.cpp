#include "base/text/text_table.h"

#include <algorithm>
#include <string_view>

#include "base/text/utf8.h"

namespace wireproof {
namespace {

using Cells = std::vector<std::string>;

std::size_t column_count(const TextTable& table) {
  std::size_t count = table.heading.size();
  for (const Cells& row : table.rows) count = std::max(count, row.size());
  return count;
}

std::vector<std::size_t> column_widths(const TextTable& table, std::size_t least) {
  std::vector<std::size_t> widths(column_count(table), least);
  const auto widen = [&widths](const Cells& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      widths[i] = std::max(widths[i], text_width(cells[i]));
    }
  };
  widen(table.heading);
  for (const Cells& row : table.rows) widen(row);
  return widths;
}

Align align_of(const TextTable& table, std::size_t column) {
  return column < table.aligns.size() ? table.aligns[column] : Align::left;
}

const std::string& cell_of(const Cells& cells, std::size_t column) {
  static const std::string kEmpty;
  return column < cells.size() ? cells[column] : kEmpty;
}

void append_padded(std::string& out, const std::string& cell, std::size_t width, Align align) {
  const std::size_t padding = width - std::min(width, text_width(cell));
  if (align == Align::right) out.append(padding, ' ');
  out += cell;
  if (align == Align::left) out.append(padding, ' ');
}

std::string escape_pipes(const std::string& cell) {
  std::string out;
  for (const char c : cell) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string quote_csv(const std::string& cell) {
  if (cell.find_first_of("\",\r\n") == std::string::npos) return cell;
  std::string out = "\"";
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

Cells map_cells(const Cells& cells, std::string (*change)(const std::string&)) {
  Cells out(cells.size());
  std::transform(cells.begin(), cells.end(), out.begin(), change);
  return out;
}

std::string render_markdown_line(const TextTable& table, const Cells& cells,
                                 const std::vector<std::size_t>& widths) {
  std::string out = "|";
  for (std::size_t i = 0; i < widths.size(); ++i) {
    out += ' ';
    append_padded(out, cell_of(cells, i), widths[i], align_of(table, i));
    out += " |";
  }
  return out + '\n';
}

}  // namespace

std::string render_text_table(const TextTable& table) {
  const std::vector<std::size_t> widths = column_widths(table, 0);
  std::string out;
  const auto append_line = [&](const Cells& cells) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (i > 0) line += "  ";
      append_padded(line, cell_of(cells, i), widths[i], align_of(table, i));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  };
  append_line(table.heading);
  for (const Cells& row : table.rows) append_line(row);
  return out;
}

std::string render_markdown_table(const TextTable& table) {
  constexpr std::size_t kLeastWidth = 3;  // room for `--:`
  TextTable escaped = table;
  escaped.heading = map_cells(table.heading, escape_pipes);
  for (Cells& row : escaped.rows) row = map_cells(row, escape_pipes);

  const std::vector<std::size_t> widths = column_widths(escaped, kLeastWidth);
  std::string out = render_markdown_line(escaped, escaped.heading, widths);
  Cells rule;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const bool is_right = align_of(table, i) == Align::right;
    rule.push_back(std::string(widths[i] - (is_right ? 1 : 0), '-') + (is_right ? ":" : ""));
  }
  out += render_markdown_line(escaped, rule, widths);
  for (const Cells& row : escaped.rows) out += render_markdown_line(escaped, row, widths);
  return out;
}

std::string render_csv_table(const TextTable& table) {
  const std::size_t count = column_count(table);
  std::string out;
  const auto append_line = [&](const Cells& cells) {
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) out += ',';
      out += quote_csv(cell_of(cells, i));
    }
    out += "\r\n";
  };
  append_line(table.heading);
  for (const Cells& row : table.rows) append_line(row);
  return out;
}

std::size_t text_width(const std::string& text) {
  std::size_t width = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    rest.remove_prefix(std::max<std::size_t>(utf8_sequence_size(rest), 1));
    ++width;
  }
  return width;
}

}  // namespace wireproof
