#pragma once

#include <string>

#include "expect/payload.h"

namespace wireproof {

// A layout's fields with the offset and size of each in bytes, empty from where they vary, and the
// size of the whole.
std::string render_layout_table(const Layout& layout, const LayoutSet& layouts);

}  // namespace wireproof
