#pragma once

#include <cstddef>
#include <string>

#include "sheet/text/fragment.h"

namespace wireproof {

// The text with its Markdown tables aligned: a bar at both ends of each line, a blank beside each
// bar, cells as wide as the widest of their column as a terminal shows it. All else is the same to
// the byte: what cells say, prose, fences, line ends, and what stands before `body`. A second time
// it changes nothing. A line without any bar below a table stays as it is, though it is a row.
// Where the text would become larger than a sheet may be, that is an error, and the text unchanged.
std::string align_tables(const SourceText& source, std::size_t body, Problems& problems);

}  // namespace wireproof
