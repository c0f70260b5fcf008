#include "base/text/text_cursor.h"

#include <array>
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

// Where the text goes on must not wait for a computed number of digits: by branches, which are
// guessed right for the rows of a column, the processor is ahead of it.
template <std::size_t kDigits>
char* put_digits(TextCursor out, std::uint32_t value) {
  char* const begin = out.take(kDigits);
  if (begin == nullptr) return nullptr;
  char* at = begin + kDigits;
  for (; at >= begin + 2; value /= 100) {
    at -= 2;
    std::memcpy(at, &kPairs[2 * (value % 100)], 2);
  }
  if constexpr (kDigits % 2 != 0) *begin = static_cast<char>('0' + value);
  return begin + kDigits;
}

char* end_of(const std::to_chars_result& written) {
  return written.ec == std::errc() ? written.ptr : nullptr;
}

}  // namespace

char* TextCursor::decimal(TextCursor out, std::uint32_t value) {
  if (value < 10) return put_digits<1>(out, value);
  if (value < 100) return put_digits<2>(out, value);
  if (value < 1'000) return put_digits<3>(out, value);
  if (value < 10'000) return put_digits<4>(out, value);
  if (value < 100'000) return put_digits<5>(out, value);
  if (value < 1'000'000) return put_digits<6>(out, value);
  if (value < 10'000'000) return put_digits<7>(out, value);
  if (value < 100'000'000) return put_digits<8>(out, value);
  if (value < 1'000'000'000) return put_digits<9>(out, value);
  return put_digits<10>(out, value);
}

char* TextCursor::decimal(TextCursor out, std::uint64_t value) {
  if (value <= 0xffff'ffff) return decimal(out, static_cast<std::uint32_t>(value));
  return end_of(std::to_chars(out.at_, out.end_, value));
}

char* TextCursor::hex(TextCursor out, std::uint32_t value) {
  return end_of(std::to_chars(out.at_, out.end_, value, 16));
}

}  // namespace wireproof
