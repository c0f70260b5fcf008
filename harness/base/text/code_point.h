#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace wireproof {

// One step through a text: a code point, or one byte that begins no valid sequence (base/utf8.h).
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 1;  // bytes
  bool valid = true;

  bool operator==(const CodePoint&) const = default;
};

// The code point at `offset`, which must be inside the text.
CodePoint decode_code_point(std::string_view text, std::size_t offset);

// Offset of the first byte that is not UTF-8, or nothing.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// Columns of a terminal: 0 for combining marks, 2 for East Asian wide characters, else 1. Controls
// count as 0: callers replace them first.
std::size_t display_width(char32_t value);

}  // namespace wireproof
