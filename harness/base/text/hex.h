#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/text/bytes.h"

namespace wireproof {

// "01 02 ff", "0102FF"; blanks between bytes are free. Nothing for anything else.
std::optional<Bytes> parse_hex(std::string_view text);
// "01 02 ff"
std::string render_hex(ByteView bytes);

// Bytes as a quoted literal of the scenario language: "abc\n\x1b". Valid UTF-8 stays readable,
// control characters and invalid bytes are escaped; at most `max_size` bytes, then `…`.
std::string render_quoted(ByteView bytes, std::size_t max_size = 64);

// Untrusted text made safe for a terminal: control characters but \n and \t become \x1b.
std::string escape_control(std::string_view text);

}  // namespace wireproof
