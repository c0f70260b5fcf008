#pragma once

#include <cstddef>
#include <string>

#include "sheet/text/fragment.h"

namespace wireproof {

constexpr std::size_t kMaxSheetBytes = 1 << 20;

// Whether the bytes are a sheet's text at all: UTF-8 without NUL, and not too many. Nothing else is
// said of one that is not.
bool check_text(const std::string& text, Problems& problems);

}  // namespace wireproof
