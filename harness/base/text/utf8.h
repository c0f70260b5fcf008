#pragma once

#include <cstddef>
#include <string_view>

namespace wireproof {

// Bytes of the UTF-8 sequence (RFC 3629 §4) that `text` begins with, 1 to 4; 0 when the first bytes
// are none: stray continuation, overlong form, surrogate, past U+10FFFF, cut off, or no bytes.
std::size_t utf8_sequence_size(std::string_view text);

// What separates words inside a line; `is_space` also what ends one. ASCII, whatever the locale.
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}
constexpr bool is_space(char c) {
  return is_blank(c) || c == '\n';
}

// C0 controls, DEL and C1 controls: what a terminal may obey. `sequence` is one valid sequence.
bool is_control_sequence(std::string_view sequence);

}  // namespace wireproof
