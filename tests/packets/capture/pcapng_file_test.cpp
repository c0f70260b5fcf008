#include "packets/capture/pcapng_file.h"

#include <zlib.h>

#include "catch.h"
#include "support/capture_contents.h"
#include "support/pcapng_writer.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

CaptureContents contents_of(const Pcapng& file) {
  const TemporaryFolder folder;
  write_bytes(folder.file("a.pcapng"), file.bytes());
  return read_contents(folder.file("a.pcapng"));
}

std::int64_t nanoseconds(const RawPacket& packet) {
  return packet.time.time_since_epoch().count();
}

TEST_CASE("each packet of a pcapng file has the link type of its own interface", "[capture]") {
  for (const bool is_little : {true, false}) {
    Pcapng file;
    file.section(is_little).interface(1, 65535).interface(101, 100).interface(9, 0);
    file.packet(1, 1'000'001, "raw").packet(0, 1'000'002, "frame").packet(2, 1'000'003, "ppp");
    file.interface(105, 64).packet(3, 1'000'004, "wifi");  // §4.2: anywhere before its packets
    const CaptureContents contents = contents_of(file);
    CHECK_FALSE(contents.damage.has_value());
    REQUIRE(contents.packets.size() == 4);
    CHECK(contents.packets[0].link == LinkType::raw_ip);
    CHECK(contents.packets[1].link == LinkType::ethernet);
    CHECK(contents.packets[2].link == LinkType::ppp);
    CHECK(contents.packets[3].link == LinkType{105});
    CHECK(as_text(contents.bytes[1]) == "frame");
    CHECK(contents.packets[1].original_size == 1500);
    CHECK(nanoseconds(contents.packets[3]) == 1'000'004'000);
  }
}

TEST_CASE("sections of either byte order follow each other, with interfaces of their own",
          "[capture]") {
  Pcapng file;
  file.section(true).interface(1, 0).packet(0, 5, "little");
  file.section(false).interface(101, 0).packet(0, 6, "big");
  file.section(true, 1, 2).interface(9, 0).packet(0, 7, "again");
  const CaptureContents contents = contents_of(file);
  CHECK_FALSE(contents.damage.has_value());
  REQUIRE(contents.packets.size() == 3);
  CHECK(contents.packets[1].link == LinkType::raw_ip);
  CHECK(nanoseconds(contents.packets[1]) == 6000);
  CHECK(contents.packets[2].link == LinkType::ppp);
  CHECK(as_text(contents.bytes[2]) == "again");
}

TEST_CASE("each interface has a clock of its own", "[capture]") {
  constexpr std::int64_t kBillion = 1'000'000'000;
  struct Case {
    std::uint8_t resolution;
    std::int64_t offset;
    std::uint64_t stamp;
    std::int64_t nanoseconds;
  };
  const Case cases[] = {
      {0, 0, 1'700'000'000, 1'700'000'000 * kBillion},
      {3, 0, 1'700'000'000'123, 1'700'000'000 * kBillion + 123'000'000},
      {9, 0, 1'700'000'000'123'456'789, 1'700'000'000'123'456'789},
      {12, 0, 1'500'000'000'999, 1'500'000'000},  // picoseconds: the rest is cut off
      {19, 0, 15'000'000'000'000'000'000ULL, 1'500'000'000},
      {25, 0, ~0ULL, 1844},
      {127, 0, ~0ULL, 0},
      {0x80, 0, 7, 7 * kBillion},
      {0x8a, 0, 1024 + 512, kBillion + kBillion / 2},
      {0xbf, 0, 1ULL << 62, kBillion / 2},
      {0xff, 0, ~0ULL, 0},
      {6, 1'700'000'000, 5, 1'700'000'000 * kBillion + 5000},
      {6, -1, 2'000'000, kBillion},
      {6, -3, 2'000'000, -kBillion},
      {0, 0, ~0ULL, Timestamp::max().time_since_epoch().count()},
      {6, std::numeric_limits<std::int64_t>::max(), ~0ULL,
       Timestamp::max().time_since_epoch().count()},
      {6, std::numeric_limits<std::int64_t>::min(), 0,
       Timestamp::min().time_since_epoch().count()}};
  for (const bool is_little : {true, false}) {
    Pcapng file;
    file.section(is_little);
    for (const Case& item : cases) {
      Bytes options = file.resolution(item.resolution);
      const Bytes offset = file.offset(item.offset);
      options.insert(options.end(), offset.begin(), offset.end());
      file.interface(1, 0, options);
    }
    for (std::uint32_t i = 0; i < std::size(cases); ++i) file.packet(i, cases[i].stamp, "x");
    const CaptureContents contents = contents_of(file);
    REQUIRE(contents.packets.size() == std::size(cases));
    for (std::size_t i = 0; i < std::size(cases); ++i) {
      INFO("case " << i);
      CHECK(nanoseconds(contents.packets[i]) == cases[i].nanoseconds);
    }
  }
}

TEST_CASE("fates are read of the packets of wireproof's own path alone", "[capture]") {
  struct Case {
    std::string interface;
    std::vector<std::pair<std::uint16_t, std::string>> options;
    std::optional<PacketFate> fate;  // nothing: it is not known
  };
  const std::string lost = "fate: lost on the path";
  const Case cases[] = {
      {"wireproof path", {}, PacketFate::arrived},
      {"wireproof path", {{1, lost}}, PacketFate::lost},
      {"wireproof path", {{5, "12345678"}, {1, "mine"}, {1, lost + "\nrow: 3"}}, PacketFate::lost},
      {"wireproof path", {{0, ""}, {1, lost}}, PacketFate::arrived},
      {"wireproof path", {{1, "fate: eaten"}}, {}},
      {"lo", {{1, lost}}, {}},
      {"wireproof path 2", {{1, lost}}, {}}};
  for (const bool is_little : {true, false}) {
    for (const Case& item : cases) {
      CAPTURE(item.interface, item.options);
      Pcapng file;
      file.section(is_little).interface(1, 0, file.option(2, item.interface));
      file.packet(0, 1, "odd", 1500, item.options);
      const CaptureContents contents = contents_of(file);
      REQUIRE(contents.packets.size() == 1);
      CHECK(as_text(contents.bytes[0]) == "odd");
      CHECK(contents.packets[0].has_fate == item.fate.has_value());
      CHECK(contents.packets[0].fate == item.fate.value_or(PacketFate::arrived));
    }
  }
}

TEST_CASE("a packet whose options are damaged tells no fate, and is there", "[capture]") {
  Pcapng file;
  file.section(true).interface(1, 0, file.option(2, "wireproof path"));
  Pcapng fields = file.body();
  for (const std::uint32_t value : {0U, 0U, 1U, 4U, 4U}) fields.put32(value);
  fields.put32(0x64636261);
  fields.put16(1);
  fields.put16(99);
  file.block(6, fields.bytes());
  const CaptureContents contents = contents_of(file);
  CHECK_FALSE(contents.damage.has_value());
  REQUIRE(contents.packets.size() == 1);
  CHECK_FALSE(contents.packets[0].has_fate);
}

TEST_CASE("packets of the obsolete block are read like others", "[capture]") {
  Pcapng file;
  file.section(false).interface(1, 0).interface(101, 0).old_packet(1, 1'000'000, "old");
  const CaptureContents contents = contents_of(file);
  REQUIRE(contents.packets.size() == 1);
  CHECK(contents.packets[0].link == LinkType::raw_ip);
  CHECK(contents.packets[0].original_size == 1500);
  CHECK(contents.packets[0].has_time);
  CHECK(nanoseconds(contents.packets[0]) == 1'000'000'000);
  CHECK(as_text(contents.bytes[0]) == "old");
}

TEST_CASE("a simple packet has no time, and as many bytes as the snap length allows", "[capture]") {
  Pcapng file;
  file.section(true).interface(1, 5).interface(101, 0);
  file.simple_packet(3, "abc").packet(1, 2'000'000, "timed").simple_packet(9, "12345");
  const CaptureContents contents = contents_of(file);
  CHECK_FALSE(contents.damage.has_value());
  REQUIRE(contents.packets.size() == 3);
  CHECK_FALSE(contents.packets[0].has_time);
  CHECK(contents.packets[0].link == LinkType::ethernet);
  CHECK(as_text(contents.bytes[0]) == "abc");
  CHECK(contents.packets[1].has_time);
  CHECK_FALSE(contents.packets[2].has_time);
  CHECK(contents.packets[2].time == contents.packets[1].time);
  CHECK(contents.packets[2].original_size == 9);
  CHECK(as_text(contents.bytes[2]) == "12345");
}

TEST_CASE("blocks without packets are passed over, whatever they are", "[capture]") {
  Pcapng file;
  file.section(true).block(4, Bytes(100'000, 7)).interface(1, 0).block(0x80000001, {1});
  file.block(5, {}).packet(0, 1, "x").block(0xbad, {1, 2, 3, 4});
  const CaptureContents contents = contents_of(file);
  CHECK_FALSE(contents.damage.has_value());
  CHECK(contents.packets.size() == 1);
}

TEST_CASE("a file that ends within a block gives what precedes it, and its size", "[capture]") {
  Pcapng file;
  file.section(true).interface(1, 0).packet(0, 1, "abcd");
  const std::size_t first = file.bytes().size();
  file.packet(0, 2, "efgh");
  const TemporaryFolder folder;
  for (std::size_t size = first + 1; size < file.bytes().size(); ++size) {
    INFO("cut to " << size);
    write_bytes(folder.file("cut.pcapng"), ByteView(file.bytes()).first(size));
    const CaptureContents contents = read_contents(folder.file("cut.pcapng"));
    CHECK(contents.packets.size() == 1);
    CHECK(contents.damage == CaptureDamage{size, 1, "the file ends within a block"});
  }
  for (std::size_t size = 4; size < 28; ++size) {
    write_bytes(folder.file("cut.pcapng"), ByteView(file.bytes()).first(size));
    CHECK_THROWS_AS(open_capture(folder.file("cut.pcapng")), CaptureError);
  }
}

TEST_CASE("a compressed pcapng file that is cut says that its compression is", "[capture]") {
  Pcapng file;
  file.section(true).interface(1, 0);
  for (std::uint64_t i = 0; i < 1000; ++i) file.packet(0, i * i, "abcd");
  const TemporaryFolder folder;
  gzFile zip = gzopen((folder.file("a.gz")).c_str(), "wb");
  gzwrite(zip, file.bytes().data(), static_cast<unsigned>(file.bytes().size()));
  gzclose(zip);
  CHECK(read_contents(folder.file("a.gz")).packets.size() == 1000);
  std::filesystem::resize_file(folder.file("a.gz"),
                               std::filesystem::file_size(folder.file("a.gz")) - 12);
  const CaptureContents contents = read_contents(folder.file("a.gz"));
  REQUIRE(contents.damage.has_value());
  CHECK(contents.damage->reason == "compressed data ends early");
}

TEST_CASE("what is wrong with a block is said with its place", "[capture]") {
  const Bytes long_option = {9, 0, 2, 0, 6, 6, 0, 0};
  struct Case {
    std::string reason;
    Pcapng file;
  };
  const auto file = [] { return Pcapng().section(true).interface(1, 0).packet(0, 1, "x"); };
  Pcapng lengths = file();
  lengths.put32(5);
  lengths.put32(12);
  lengths.put32(16);
  Pcapng tiny = file();
  tiny.put32(5);
  tiny.put32(8);
  Pcapng far = file();
  far.put32(6);
  far.put32(0xffffffff);
  const Bytes no_order = {0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 1, 2, 3, 4, 1, 0,
                          0,    0,    0,    0,    0,  0, 0, 0, 0, 0, 0, 0, 0, 0};
  Pcapng order = file();
  for (std::size_t i = 0; i < no_order.size(); i += 2) {
    order.put16(static_cast<std::uint16_t>(no_order[i] | no_order[i + 1] << 8));
  }
  const Case cases[] = {
      {"a packet of interface 1, which its section does not describe", file().packet(1, 1, "x")},
      {"a packet is longer than its block", file().simple_packet(9, "x")},
      {"the description of an interface is too short", file().block(1, {1, 0, 0, 0})},
      {"an option of an interface has a wrong length", file().interface(1, 0, long_option)},
      {"a block has two different lengths", lengths},
      {"a block of 8 bytes", tiny},
      {"a block of 4294967295 bytes", far},
      {"a section header has no byte order", order}};
  for (const Case& item : cases) {
    INFO(item.reason);
    const CaptureContents contents = contents_of(item.file);
    CHECK(contents.packets.size() == 1);
    CHECK(contents.damage == CaptureDamage{file().bytes().size(), 1, item.reason});
  }
}

TEST_CASE("what is not supported of a pcapng file is not called damaged", "[capture]") {
  Pcapng later;
  later.section(true).interface(1, 0).packet(0, 1, "x");
  const std::size_t size = later.bytes().size();
  later.section(true, 2, 0);
  CHECK(contents_of(later).damage ==
        CaptureDamage{size, 1, "pcapng version 2.0", CaptureDamage::Kind::unsupported});
  Pcapng first;
  first.section(false, 1, 7);
  CHECK_THROWS_WITH(contents_of(first), Catch::Contains("pcapng version 1.7 is not supported"));
  Pcapng large;
  large.section(true).interface(1, 0).packet(0, 1, "x");
  large.put32(6);
  large.put32(0x7ffffff0);  // a length that no byte stands behind
  const CaptureContents contents = contents_of(large);
  REQUIRE(contents.damage.has_value());
  CHECK(contents.damage->kind == CaptureDamage::Kind::unsupported);
  CHECK(contents.damage->reason == "a block of 2147483620 bytes");
}

}  // namespace
}  // namespace wireproof
