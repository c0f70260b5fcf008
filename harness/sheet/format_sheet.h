#pragma once

#include <string>

#include "base/text/diagnostic.h"
#include "base/text/expected.h"

namespace wireproof {

// The sheet as `wireproof fmt` writes it: its tables aligned, all else untouched. Also of a sheet
// that has errors, unless they leave open where its Markdown begins, or whether it is a text.
Expected<std::string, Diagnostics> format_sheet(const SourceText& source);

}  // namespace wireproof
