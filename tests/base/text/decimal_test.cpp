#include "base/text/decimal.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "catch.h"

namespace wireproof {
namespace {

void check_decimal(std::uint64_t value) {
  const std::string expected = std::to_string(value);
  std::array<char, 32> text{};
  CHECK(std::string(text.data(), put_decimal64(text.data(), value)) == expected);
  CHECK(decimal_size64(value) == expected.size());
  if (value > std::numeric_limits<std::uint32_t>::max()) return;
  const auto narrow = static_cast<std::uint32_t>(value);
  CHECK(std::string(text.data(), put_decimal(text.data(), narrow)) == expected);
  CHECK(decimal_size(narrow) == expected.size());
}

TEST_CASE("decimals are exact, and their size is known, on both sides of every power", "[base]") {
  check_decimal(0);
  std::uint64_t ten = 1;
  for (int i = 0; i < 20; ++i, ten *= 10) {
    check_decimal(ten - 1);
    check_decimal(ten);
    check_decimal(ten + 1);
  }
  for (int bit = 0; bit < 64; ++bit) {
    check_decimal((std::uint64_t{1} << bit) - 1);
    check_decimal(std::uint64_t{1} << bit);
  }
  check_decimal(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace wireproof
