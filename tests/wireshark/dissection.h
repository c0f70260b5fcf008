#pragma once

#include <string>
#include <vector>

#include "expect/layout/layout.h"

namespace wireproof {

// The first field in which tshark, with the layout's dissector, sees other values in the messages
// than decode_layout(), or other complaints than none of a script; empty: there is none. Each
// message is a datagram. Real numbers are not compared, nor texts with escapes.
std::string first_other_value(const LayoutSet& layouts, const std::string& layout,
                              const std::vector<Bytes>& messages);

}  // namespace wireproof
