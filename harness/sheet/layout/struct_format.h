#pragma once

#include <optional>

#include "base/text/diagnostic.h"
#include "base/text/expected.h"
#include "sheet/layout/layout_section.h"
#include "sheet/text/markdown.h"

namespace wireproof {

// Python's format strings (documentation of its module `struct`), with the sizes and alignment of
// x86-64 Linux under the prefix `@` or none, without alignment under `= < > !`:
//   struct "!BLL20s": version order size text
// Pad bytes (`x`) take no name.
std::optional<LayoutSource> parse_layout_fence(const Fence& fence, const LayoutHeading& heading,
                                               Problems& problems);

// One such line as a text of its own, for the command line. The layout has no name.
Expected<Layout, Diagnostics> parse_struct_format(const SourceText& source);

}  // namespace wireproof
