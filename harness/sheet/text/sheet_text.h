#pragma once

#include <cstddef>
#include <string>

#include "sheet/text/fragment.h"

namespace wireproof {

constexpr std::size_t kMaxSheetBytes = 1 << 20;
// Of the numbers of cells in its lines the sum of the squares: so long Markdown's reader takes.
constexpr std::size_t kMaxCellWork = 100'000'000;

// Whether the bytes are a sheet's text at all: UTF-8 without NUL, and not too many. Nothing else is
// said of one that is not.
bool check_text(const std::string& text, Problems& problems);

}  // namespace wireproof
