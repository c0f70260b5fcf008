#include "base/text/text_cursor.h"

#include <array>
#include <bit>
#include <charconv>

namespace wireproof {
namespace {

// "000102…99"
constexpr std::array<char, 200> make_pairs() {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
constexpr std::array<char, 200> kPairs = make_pairs();

// The least value with one digit more than the index says.
constexpr std::array<std::uint32_t, 10> kPowers = {
    0, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

std::size_t decimal_size(std::uint32_t value) {
  // 1233 / 4096 is a little more than log10(2): at most one too high, which the power tells.
  const auto size = static_cast<std::size_t>(std::bit_width(value) * 1233) >> 12;
  return size + (value >= kPowers[size] ? 1 : 0);
}

char* end_of(const std::to_chars_result& written) {
  return written.ec == std::errc() ? written.ptr : nullptr;
}

}  // namespace

char* TextCursor::decimal(TextCursor out, std::uint32_t value) {
  const std::size_t size = decimal_size(value);
  char* const begin = out.take(size);
  if (begin == nullptr) return nullptr;
  char* at = begin + size;
  while (value >= 100) {
    at -= 2;
    std::memcpy(at, &kPairs[2 * (value % 100)], 2);
    value /= 100;
  }
  if (value >= 10) {
    std::memcpy(at - 2, &kPairs[2 * value], 2);
  } else {
    at[-1] = static_cast<char>('0' + value);
  }
  return begin + size;
}

char* TextCursor::decimal(TextCursor out, std::uint64_t value) {
  if (value <= 0xffff'ffff) return decimal(out, static_cast<std::uint32_t>(value));
  return end_of(std::to_chars(out.at_, out.end_, value));
}

char* TextCursor::hex(TextCursor out, std::uint32_t value) {
  return end_of(std::to_chars(out.at_, out.end_, value, 16));
}

}  // namespace wireproof
