#include "base/text/text_cursor.h"

#include <array>
#include <limits>

#include "catch.h"

namespace wireproof {
namespace {

void check_decimal(std::uint64_t value) {
  const std::string expected = std::to_string(value);
  CHECK(render_with([&](TextCursor out) { return out.put_decimal(value).at(); }) == expected);
  if (value > std::numeric_limits<std::uint32_t>::max()) return;
  const auto narrow = static_cast<std::uint32_t>(value);
  CHECK(render_with([&](TextCursor out) { return out.put_decimal(narrow).at(); }) == expected);
}

TEST_CASE("decimals are exact on both sides of every power of two and ten", "[base]") {
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

// Everything that a cursor can put: "ab", 40 blanks, "c12345671f" with five blanks before.
char* put_all(TextCursor out) {
  out.put("ab").put_blanks(40);
  char* const begin = out.at();
  out.put('c').put_decimal(1234567U).put_hex(0x1f);
  out.indent(begin, 0, 5);
  return out.at();
}

TEST_CASE("what does not fit is left out with all behind it, and nothing behind the end is written",
          "[base]") {
  const std::string whole = "ab" + std::string(45, ' ') + "c12345671f";
  for (std::size_t size = 0; size <= whole.size() + 40; ++size) {
    INFO("room for " << size << " bytes");
    std::array<char, 128> memory;
    memory.fill('#');
    const char* const end = put_all(TextCursor(memory.data(), size));
    CHECK(std::string_view(memory.data() + size, memory.size() - size).find_first_not_of('#') ==
          std::string_view::npos);
    REQUIRE((end != nullptr) == (size >= whole.size()));
    if (end != nullptr) CHECK(std::string_view(memory.data(), whole.size()) == whole);
  }
}

TEST_CASE("a full cursor stays full", "[base]") {
  std::array<char, 4> memory{};
  TextCursor out(memory.data(), memory.size());
  out.put("12345").put('1').put("").put_decimal(1U).put_blanks(0);
  CHECK(out.is_full());
  out.back_to(memory.data());
  CHECK(out.is_full());
}

TEST_CASE("an indent becomes wider and narrower", "[base]") {
  std::array<char, 16> memory{};
  TextCursor out(memory.data(), memory.size());
  out.put_blanks(4);
  out.put("abc");
  out.indent(memory.data() + 4, 4, 1);
  CHECK(std::string(memory.data(), out.at()) == " abc");
  out.indent(memory.data() + 1, 1, 3);
  CHECK(std::string(memory.data(), out.at()) == "   abc");
}

TEST_CASE("a text of any size is rendered whole", "[base]") {
  const std::string text(10'000, 'x');
  CHECK(render_with([&](TextCursor out) { return out.put(text).at(); }) == text);
}

}  // namespace
}  // namespace wireproof
