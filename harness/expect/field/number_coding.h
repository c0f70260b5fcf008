#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "base/text/bytes.h"
#include "expect/field/field.h"

namespace wireproof {

// Numbers that take as many bytes as they need, as the bits of 64: of two's complement for the
// signed codings. `NumberCoding::fixed` has no place here.

constexpr std::size_t kMaxNumberBytes = 10;  // of any coding: ten times seven bits hold 64

// The greatest unsigned number that the coding can hold.
std::uint64_t greatest_number(NumberCoding coding);

void write_number(std::uint64_t bits, NumberCoding coding, ByteWriter& writer);

enum class NumberDefect : std::uint8_t {
  cut_off,      // the bytes end before the number does
  too_long,     // it has more bytes or bits than the coding allows
  not_shortest  // the coding allows only the shortest form (MQTT)
};
struct CodedNumber {
  std::uint64_t bits = 0;
  std::size_t size = 0;  // bytes
};
// The number that `bytes` begin with.
std::variant<CodedNumber, NumberDefect> read_number(ByteView bytes, NumberCoding coding);

}  // namespace wireproof
