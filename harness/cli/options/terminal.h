#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "base/text/diagnostic.h"

namespace wireproof {

enum class ColorChoice : std::uint8_t { automatic, always, never };

// `automatic`: colours on a terminal, unless NO_COLOR is set (no-color.org) or TERM is `dumb`.
Style choose_style(ColorChoice choice, std::FILE* stream);

bool is_terminal(std::FILE* stream);

void print_out(const std::string& text);
void print_error(const std::string& text);

// Throws SystemError when what was printed could not be written (a full disk behind `>`).
void flush_output();

}  // namespace wireproof
