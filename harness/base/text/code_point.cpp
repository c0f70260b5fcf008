#include "base/text/code_point.h"

#include <algorithm>
#include <array>

#include "base/text/utf8.h"

namespace wireproof {
namespace {

struct CodeRange {
  char32_t first;
  char32_t last;
};

// Marks that take no column: the blocks of combining marks and format characters that occur in
// prose (Unicode 15, general categories Mn, Me and Cf).
constexpr std::array<CodeRange, 13> kZeroWidth{{{0x0300, 0x036f},
                                                {0x0483, 0x0489},
                                                {0x0591, 0x05bd},
                                                {0x0610, 0x061a},
                                                {0x064b, 0x065f},
                                                {0x1ab0, 0x1aff},
                                                {0x1dc0, 0x1dff},
                                                {0x200b, 0x200f},
                                                {0x2060, 0x2064},
                                                {0x20d0, 0x20ff},
                                                {0xfe00, 0xfe0f},
                                                {0xfe20, 0xfe2f},
                                                {0xe0100, 0xe01ef}}};

// Unicode 15 EastAsianWidth.txt, classes W and F, neighbouring blocks joined.
constexpr std::array<CodeRange, 15> kWide{{{0x1100, 0x115f},
                                           {0x231a, 0x231b},
                                           {0x2e80, 0x303e},
                                           {0x3041, 0x33ff},
                                           {0x3400, 0x4dbf},
                                           {0x4e00, 0x9fff},
                                           {0xa000, 0xa4cf},
                                           {0xac00, 0xd7a3},
                                           {0xf900, 0xfaff},
                                           {0xfe30, 0xfe6f},
                                           {0xff00, 0xff60},
                                           {0xffe0, 0xffe6},
                                           {0x1f300, 0x1f64f},
                                           {0x1f680, 0x1f9ff},
                                           {0x20000, 0x3fffd}}};

template <std::size_t N>
bool contains(const std::array<CodeRange, N>& ranges, char32_t value) {
  return std::ranges::any_of(ranges, [value](const CodeRange& range) {
    return range.first <= value && value <= range.last;
  });
}

}  // namespace

CodePoint decode_code_point(std::string_view text, std::size_t offset) {
  const auto byte = [&](std::size_t index) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[offset + index]));
  };
  const std::size_t size = utf8_sequence_size(text.substr(offset));
  if (size == 0) return {byte(0), 1, false};
  if (size == 1) return {byte(0), 1, true};
  char32_t value = byte(0) & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) value = (value << 6) | (byte(i) & 0x3fU);
  return {value, size, true};
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t offset = 0; offset < text.size();) {
    const std::size_t size = utf8_sequence_size(text.substr(offset));
    if (size == 0) return offset;
    offset += size;
  }
  return std::nullopt;
}

std::size_t display_width(char32_t value) {
  if (value < 0x20 || (value >= 0x7f && value < 0xa0)) return 0;
  if (value < 0x300) return 1;
  if (contains(kZeroWidth, value)) return 0;
  return contains(kWide, value) ? 2 : 1;
}

}  // namespace wireproof
