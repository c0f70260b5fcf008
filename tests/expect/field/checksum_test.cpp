#include "expect/field/checksum.h"

#include "base/text/bytes.h"
#include "catch.h"

namespace wireproof {
namespace {

// What the CRC RevEng catalogue gives as the check of each algorithm: that of "123456789".
TEST_CASE("each checksum by name has the check value of its catalogue", "[payload]") {
  struct Case {
    const char* name;
    std::uint64_t check;
  };
  const std::vector<Case> cases{{"crc8", 0xf4},
                                {"crc8-maxim", 0xa1},
                                {"crc15-can", 0x059e},
                                {"crc16-arc", 0xbb3d},
                                {"crc16-ccitt-false", 0x29b1},
                                {"crc16-kermit", 0x2189},
                                {"crc16-xmodem", 0x31c3},
                                {"crc16-modbus", 0x4b37},
                                {"crc16-x25", 0x906e},
                                {"crc16-usb", 0xb4c8},
                                {"crc16-dnp", 0xea82},
                                {"crc24", 0x21cf02},
                                {"crc32", 0xcbf43926},
                                {"crc32-bzip2", 0xfc891918},
                                {"crc32-cksum", 0x765e7680},
                                {"crc32-mpeg2", 0x0376e6e7},
                                {"crc32c", 0xe3069283},
                                {"crc64-ecma", 0x6c40df5f0b497347},
                                {"crc64-xz", 0x995dc9bbdf1939fa}};
  CHECK(checksum_names().size() == cases.size() + 1);
  for (const Case& one : cases) {
    CAPTURE(one.name);
    const auto checksum = checksum_named(one.name);
    REQUIRE(checksum);
    CHECK(compute_checksum(*checksum, as_bytes("123456789")) == one.check);
    CHECK(render_checksum(*checksum) == one.name);
  }
  CHECK_FALSE(checksum_named("crc33"));
}

TEST_CASE("a CRC can be given by its parameters, also where they have no symmetry", "[payload]") {
  // CRC-16/RIELLO, CRC-5/USB, CRC-40/GSM, CRC-12/UMTS
  const Checksum riello{"", CrcParameters{16, 0x1021, 0xb2aa, true, true, 0}};
  const Checksum usb{"", CrcParameters{5, 0x05, 0x1f, true, true, 0x1f}};
  const Checksum gsm{"", CrcParameters{40, 0x0004820009, 0, false, false, 0xffffffffff}};
  const Checksum umts{"", CrcParameters{12, 0x80f, 0, false, true, 0}};
  CHECK(compute_checksum(riello, as_bytes("123456789")) == 0x63d0);
  CHECK(compute_checksum(usb, as_bytes("123456789")) == 0x19);
  CHECK(compute_checksum(gsm, as_bytes("123456789")) == 0xd4164fc646);
  CHECK(compute_checksum(umts, as_bytes("123456789")) == 0xdaf);
  CHECK(checksum_bits(umts) == 12);
  CHECK(render_checksum(riello) ==
        "crc width=16 poly=0x1021 init=0xb2aa refin=true refout=true xorout=0x0");
}

// RFC 1071 §3: 00 01 f2 03 f4 f5 f6 f7 sum up to ddf2; the checksum is the complement.
TEST_CASE("the internet checksum is that of RFC 1071", "[payload]") {
  const Checksum internet = *checksum_named("internet");
  CHECK(compute_checksum(internet, *parse_hex("0001f203f4f5f6f7")) == 0x220d);
  CHECK(compute_checksum(internet, {}) == 0xffff);
  CHECK(compute_checksum(internet, *parse_hex("0001f203f4f5f6f7ab")) ==
        compute_checksum(internet, *parse_hex("0001f203f4f5f6f7ab00")));
}

}  // namespace
}  // namespace wireproof
