#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "expect/layout/layout.h"
#include "expect/payload/payload.h"

namespace wireproof {

// The signed 32-bit numbers of a message, as their bits: those of its first array of them, or,
// where it has none, its fields of that type.
std::vector<std::uint32_t> listed_numbers(const EncodedMessage& message, const LayoutSet& layouts);

// Their sum, product, least and greatest. Of one number at least.
std::array<double, 4> results_of(const std::vector<double>& numbers);

// How a program may misread a number: with its bytes turned round, or as an unsigned one.
enum class Misreading : std::uint8_t { order, sign };

// The sum, the product, the least and the greatest of `numbers` misread, of those operations that
// give `expected` of the numbers as they are and something else of the misread. What does not fit
// in 64 bits is left out.
std::vector<double> misread_results(const std::vector<std::uint32_t>& numbers,
                                    std::int64_t expected, Misreading misreading);

}  // namespace wireproof
