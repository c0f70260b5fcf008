#include "base/text/bytes.h"

#include "catch.h"

namespace wireproof {
namespace {

TEST_CASE("a reader reads what a writer wrote", "[base]") {
  ByteWriter writer;
  writer.write_u8(0x01);
  writer.write_u16(0x0203);
  writer.write_u32(0x04050607);
  writer.write_u64(0x08090a0b0c0d0e0f);
  writer.write_u16_le(0x1110);
  writer.write_u32_le(0x15141312);
  writer.write_bytes(as_bytes("end"));
  CHECK(writer.size() == 24);
  // Big-endian unless told otherwise: the bytes count up.
  for (std::size_t i = 0; i < 15; ++i) CHECK(writer.bytes()[i] == i + 1);
  for (std::size_t i = 15; i < 21; ++i) CHECK(writer.bytes()[i] == i + 1);

  ByteReader reader(writer.bytes());
  CHECK(reader.read_u8() == 0x01);
  CHECK(reader.read_u16() == 0x0203);
  CHECK(reader.read_u32() == 0x04050607);
  CHECK(reader.read_u64() == 0x08090a0b0c0d0e0f);
  CHECK(reader.read_u16_le() == 0x1110);
  CHECK(reader.read_u32_le() == 0x15141312);
  CHECK(as_text(reader.read_bytes(3)) == "end");
  CHECK(reader.rest().empty());
  CHECK_FALSE(reader.failed());
}

TEST_CASE("reading past the end fails for good and gives zeros", "[base]") {
  const Bytes bytes = {1, 2, 3};
  ByteReader reader(bytes);
  CHECK(reader.read_u32() == 0);
  CHECK(reader.failed());
  CHECK(reader.read_u8() == 0);
  CHECK(reader.read_bytes(1).empty());
  CHECK(reader.offset() == 0);
  reader.skip(1);
  CHECK(reader.failed());
}

TEST_CASE("skipping to the very end is no failure", "[base]") {
  const Bytes bytes = {1, 2, 3};
  ByteReader reader(bytes);
  reader.skip(3);
  CHECK_FALSE(reader.failed());
  CHECK(reader.offset() == 3);
}

}  // namespace
}  // namespace wireproof
