#pragma once

#include <string>

#include "expect/payload/payload.h"

namespace wireproof {

// A layout as a table of field, type, offset, size and value; where a size varies, the cells from
// there on say so. The last line is the whole size.
std::string render_layout_table(const Layout& layout, const LayoutSet& layouts);

}  // namespace wireproof
