#pragma once

#include "base/text/diagnostic.h"
#include "expect/layout/layout.h"

namespace wireproof {

// What is said about a text lies inside of it, and can be shown.
void check_diagnostics(const Diagnostics& diagnostics, const SourceText& source);

// Layouts of every kind of field, to be named in messages and cells.
const LayoutSet& known_layouts();
const SourceText& known_layouts_source();

// Reads the layouts of a sheet's text; what is wrong is left out.
struct ReadLayouts {
  LayoutSet layouts;
  Diagnostics diagnostics;
};
ReadLayouts read_layouts(const SourceText& source);

}  // namespace wireproof
