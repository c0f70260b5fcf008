#include "base/system/memory_map.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("a line of a memory map is a range and its name, which may hold blanks", "[base]") {
  const auto ranges = parse_memory_map(
      "55d0f000-55d1a000 r-xp 00001000 08:01 4711       /opt/wire proof/bin/wireproof\n"
      "55d1a000-55d1b000 rw-p 00000000 00:00 0          [heap]\n"
      "7f000000-7f001000 rw-p 00000000 00:00 0 \n"
      "7f001000-7f002000 rw-s 00000000 00:08 12         socket:[12]");
  REQUIRE(ranges.size() == 4);
  CHECK(ranges[0] == MappedRange{0x55d0f000, 0x55d1a000, "/opt/wire proof/bin/wireproof"});
  CHECK(ranges[1] == MappedRange{0x55d1a000, 0x55d1b000, "[heap]"});
  CHECK(ranges[2] == MappedRange{0x7f000000, 0x7f001000, ""});
  CHECK(ranges[3] == MappedRange{0x7f001000, 0x7f002000, "socket:[12]"});
}

TEST_CASE("what is no line of a memory map is passed over", "[base]") {
  CHECK(parse_memory_map("").empty());
  CHECK(parse_memory_map("\n55d0f000\n55d0f000-\n55d0f000-55d1a000\nheap\n").empty());
}

TEST_CASE("a program's own file is the one that is executed", "[base]") {
  CHECK(own_program_file() == std::filesystem::read_symlink("/proc/self/exe"));
}

}  // namespace wireproof
