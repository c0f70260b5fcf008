#pragma once

#include "servers/protocols/calc_layout.h"

namespace wireproof {

// The layout `text`: every field in angle brackets, numbers in decimal.

// id, operation, n and 255 numbers, each at its longest.
constexpr std::size_t kMaxCalcText = 12 + 9 + 5 + 255 * 13;

// As read_calc_request.
CalcRead read_calc_text(ByteView bytes, CalcNames names);

Bytes write_calc_text(std::uint32_t id, std::int32_t result);

}  // namespace wireproof
