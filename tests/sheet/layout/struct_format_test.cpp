#include "catch.h"
#include "expect/payload/payload.h"
#include "sheet/layout/layout_section.h"

namespace wireproof {
namespace {

std::optional<std::size_t> size_of(const std::string& format) {
  const auto layout = parse_struct_format(SourceText("", "struct \"" + format + "\""));
  return layout ? layout_size(*layout, {}) : std::nullopt;
}

// Sizes as struct.calcsize of Python 3.11 on x86-64 Linux gives them.
TEST_CASE("format strings have the sizes that Python gives them", "[scenario]") {
  struct Case {
    const char* format;
    std::size_t size;
  };
  const std::vector<Case> cases{{"!BLL20s", 29}, {"@BLL20s", 44}, {"BLL20s", 44}, {"=BLL20s", 29},
                                {"<BLL20s", 29}, {">BLL20s", 29}, {"@BHIQ", 16},  {"@B0L", 8},
                                {"@LB", 9},      {"!3B", 3},      {"@c?bh", 6},   {"!fd", 12},
                                {"@fd", 16},     {"@nNP", 24},    {"!2x H", 4},   {"!0s", 0},
                                {"@bxi", 8},     {"!q Q i I", 24}};
  for (const Case& item : cases) {
    CAPTURE(item.format);
    CHECK(size_of(item.format) == item.size);
  }
}

TEST_CASE("a format that Python refuses is refused", "[scenario]") {
  for (const char* const format : {"!n", "<P", "k", "!5", "B!", "=N"}) {
    CAPTURE(format);
    CHECK_FALSE(size_of(format));
  }
}

TEST_CASE("a layout is shown with offsets and its whole size", "[scenario]") {
  const auto layout = parse_struct_format(SourceText("", "struct \"@BL3s\": version size text\n"));
  REQUIRE(layout);
  CHECK(render_layout_table(*layout, {}) ==
        "Field    Type                      Offset  Size  Value\n"
        "version  u8                             0     1\n"
        "size     u64le                          8     8\n"
        "text     text[3] padded by \"\\x00\"      16     3\n"
        "19 bytes\n");
}

}  // namespace
}  // namespace wireproof
