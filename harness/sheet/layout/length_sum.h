#pragma once

#include <optional>
#include <string_view>

#include "expect/match/row.h"

namespace wireproof {

// How many bytes a row has: a number, `a..b`, or a sum of these, each as often as the number before
// its `*` says: `28`, `19..20`, `6 + 13..14`, `3 * 6 + 2500`. Nothing when it is none of this, or
// does not fit 64 bits.
std::optional<Range> parse_length_sum(std::string_view text);

}  // namespace wireproof
