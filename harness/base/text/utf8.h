#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace wireproof {

// One step through a text: a code point, or one byte that begins no valid UTF-8 sequence (RFC 3629
// §4): a stray continuation, an overlong form, a surrogate, past U+10FFFF, or cut off.
struct CodePoint {
  char32_t value = 0;    // where it is not valid, the byte
  std::size_t size = 1;  // bytes
  bool valid = true;

  bool operator==(const CodePoint&) const = default;
};

// The code point at `offset`, which must be inside the text.
CodePoint decode_code_point(std::string_view text, std::size_t offset);

// Offset of the first byte that is not UTF-8, or nothing.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// As much of the text from its begin as fits into `size` bytes, without half a character at the
// end.
std::string_view cut_text(std::string_view text, std::size_t size);

// What a terminal may obey: C0 controls, DEL and C1 controls, and those that turn the direction of
// the text behind them (UAX #9 §2), so that it reads as another one.
bool is_control(char32_t value);

// Columns of a terminal: 0 for combining marks and format characters, 2 for East Asian wide
// characters, else 1. Controls count as 0: callers replace them first.
std::size_t display_width(char32_t value);

}  // namespace wireproof
