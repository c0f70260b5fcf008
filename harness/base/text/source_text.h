#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof {

// Byte offsets into a text: [begin, end).
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const Span&) const = default;
};

// Line and column from 1; a column counts Unicode code points, as editors do.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;

  bool operator==(const Position&) const = default;
};

// A text with the name that messages give it (a path, "--timeout", "<stdin>").
class SourceText {
 public:
  SourceText() : SourceText("", "") {}
  SourceText(std::string name, std::string text);

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }
  std::size_t line_count() const { return line_starts_.size(); }

  // Offsets past the end give the position just behind the last character.
  Position position(std::size_t offset) const;
  // The line's text without its line end; `line` from 1.
  std::string_view line_text(std::size_t line) const;
  // Offset of the first byte of a line; `line` from 1.
  std::size_t line_start(std::size_t line) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace wireproof
