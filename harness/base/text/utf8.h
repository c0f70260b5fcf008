#pragma once

#include <cstddef>
#include <string_view>

namespace wireproof {

// Bytes of the UTF-8 sequence (RFC 3629 §4) that `text` begins with, 1 to 4; 0 when the first bytes
// are none: stray continuation, overlong form, surrogate, past U+10FFFF, cut off, or no bytes.
std::size_t utf8_sequence_size(std::string_view text);

// C0 controls, DEL and C1 controls: what a terminal may obey. `sequence` is one valid sequence.
bool is_control_sequence(std::string_view sequence);

}  // namespace wireproof
