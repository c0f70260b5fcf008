#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace wireproof {

enum class Align { left, right };

// Rows of cells with a heading. Escaping is left to the caller. Widths count terminal columns of
// code points, not bytes. Rows may be shorter than the heading; missing cells are empty.
struct TextTable {
  std::vector<std::string> heading;
  std::vector<Align> aligns;  // per column; missing means left
  std::vector<std::vector<std::string>> rows;

  bool operator==(const TextTable&) const = default;
};

// Aligned columns, two blanks between them, no blanks at a line's end.
std::string render_text_table(const TextTable& table);
// GitHub-flavoured Markdown with aligned source; `|` in cells becomes `\|`.
std::string render_markdown_table(const TextTable& table);
// RFC 4180: quotes where needed, CRLF line ends.
std::string render_csv_table(const TextTable& table);

// Printed width in code points.
std::size_t text_width(const std::string& text);

}  // namespace wireproof
