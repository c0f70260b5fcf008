#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace wireproof {

// Text appended to a buffer of the caller, not terminated; each gives the end. For output that
// must not allocate: tables of millions of rows.

namespace decimal_detail {

// "000102…99"
constexpr std::array<char, 200> make_pairs() {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
inline constexpr std::array<char, 200> kPairs = make_pairs();

// The least value with one digit more than the index says.
inline constexpr std::array<std::uint32_t, 10> kPowers = {
    0, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

}  // namespace decimal_detail

inline char* put_text(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// Exactly `Digits` digits, with zeros in front; higher digits are left out.
template <int Digits>
char* put_fixed(char* out, std::uint32_t value) {
  char* at = out + Digits;
  for (int left = Digits; left > 1; left -= 2) {
    at -= 2;
    std::memcpy(at, &decimal_detail::kPairs[2 * (value % 100)], 2);
    value /= 100;
  }
  if (Digits % 2 == 1) *--at = static_cast<char>('0' + value % 10);
  return out + Digits;
}

inline std::size_t decimal_size(std::uint32_t value) {
  // 1233 / 4096 is a little more than log10(2): at most one too high, which the power tells.
  const auto size = static_cast<std::size_t>(std::bit_width(value) * 1233) >> 12;
  return size + (value >= decimal_detail::kPowers[size] ? 1 : 0);
}

inline char* put_decimal(char* out, std::uint32_t value) {
  char* const end = out + decimal_size(value);
  char* at = end;
  while (value >= 100) {
    at -= 2;
    std::memcpy(at, &decimal_detail::kPairs[2 * (value % 100)], 2);
    value /= 100;
  }
  if (value >= 10) {
    std::memcpy(at - 2, &decimal_detail::kPairs[2 * value], 2);
  } else {
    at[-1] = static_cast<char>('0' + value);
  }
  return end;
}

inline std::size_t decimal_size64(std::uint64_t value) {
  if (value <= 0xffff'ffff) return decimal_size(static_cast<std::uint32_t>(value));
  return decimal_size64(value / 1'000'000'000) + 9;
}

inline char* put_decimal64(char* out, std::uint64_t value) {
  if (value <= 0xffff'ffff) return put_decimal(out, static_cast<std::uint32_t>(value));
  out = put_decimal64(out, value / 1'000'000'000);
  return put_fixed<9>(out, static_cast<std::uint32_t>(value % 1'000'000'000));
}

}  // namespace wireproof
