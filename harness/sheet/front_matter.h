#pragma once

#include <map>
#include <string>

#include "base/text/diagnostic.h"
#include "sheet/scenario.h"
#include "sheet/text/fragment.h"

namespace wireproof {

// The values at the top of a sheet, and where its Markdown begins.
struct FrontMatterText {
  FrontMatter values;
  std::map<std::string, Span> places;  // of the values, by key
  Span span;                           // the opening `---`, or the sheet's first byte
  std::size_t body = 0;                // offset behind the closing `---`
  bool present = false;
};

FrontMatterText parse_front_matter(const SourceText& source, Problems& problems);

}  // namespace wireproof
