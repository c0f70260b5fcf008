#include "expect/field/number_coding.h"

#include "base/text/bytes.h"
#include "catch.h"

namespace wireproof {
namespace {

std::string written(std::uint64_t bits, NumberCoding coding) {
  ByteWriter writer;
  write_number(bits, coding, writer);
  return render_hex(writer.bytes());
}

std::string read(const std::string& hex, NumberCoding coding) {
  const auto found = read_number(*parse_hex(hex), coding);
  if (const auto* const number = std::get_if<CodedNumber>(&found)) {
    return std::to_string(number->bits) + " in " + std::to_string(number->size);
  }
  switch (std::get<NumberDefect>(found)) {
    case NumberDefect::cut_off:
      return "cut off";
    case NumberDefect::too_long:
      return "too long";
    case NumberDefect::not_shortest:
      return "not shortest";
  }
  return "";
}

std::uint64_t negative(std::int64_t number) {
  return static_cast<std::uint64_t>(number);
}

struct Sample {
  NumberCoding coding;
  std::uint64_t bits;
  const char* hex;
};

const std::vector<Sample>& samples() {
  using enum NumberCoding;
  static const std::vector<Sample> kSamples{
      // DWARF 5, tables C.1 and C.2 (figures of §7.6).
      {leb128, 2, "02"},
      {leb128, 127, "7f"},
      {leb128, 128, "80 01"},
      {leb128, 129, "81 01"},
      {leb128, 12857, "b9 64"},
      {leb128, ~std::uint64_t{0}, "ff ff ff ff ff ff ff ff ff 01"},
      {sleb128, 2, "02"},
      {sleb128, negative(-2), "7e"},
      {sleb128, 127, "ff 00"},
      {sleb128, negative(-127), "81 7f"},
      {sleb128, 128, "80 01"},
      {sleb128, negative(-129), "ff 7e"},
      {sleb128, negative(INT64_MIN), "80 80 80 80 80 80 80 80 80 7f"},
      // Protocol Buffers, "Encoding", signed integers.
      {zigzag, 0, "00"},
      {zigzag, negative(-1), "01"},
      {zigzag, 1, "02"},
      {zigzag, 2147483647, "fe ff ff ff 0f"},
      {zigzag, negative(-2147483648), "ff ff ff ff 0f"},
      // RFC 9000, appendix A.1.
      {quic, 151288809941952652, "c2 19 7c 5e ff 14 e8 8c"},
      {quic, 494878333, "9d 7f 3e 7d"},
      {quic, 15293, "7b bd"},
      {quic, 37, "25"},
      // MQTT 5.0 §1.5.5, table 1-1.
      {mqtt, 0, "00"},
      {mqtt, 127, "7f"},
      {mqtt, 128, "80 01"},
      {mqtt, 16383, "ff 7f"},
      {mqtt, 16384, "80 80 01"},
      {mqtt, 268435455, "ff ff ff 7f"}};
  return kSamples;
}

TEST_CASE("numbers of variable size are written and read as their standards show", "[payload]") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.hex);
    CHECK(written(sample.bits, sample.coding) == sample.hex);
    const auto size = parse_hex(sample.hex)->size();
    CHECK(read(sample.hex, sample.coding) ==
          std::to_string(sample.bits) + " in " + std::to_string(size));
    for (std::size_t shorter = 0; shorter < size; ++shorter) {
      const Bytes bytes = *parse_hex(sample.hex);
      const auto found = read_number(ByteView(bytes).first(shorter), sample.coding);
      CHECK(std::get<NumberDefect>(found) == NumberDefect::cut_off);
    }
  }
}

TEST_CASE("a longer form is the same number, but for MQTT", "[payload]") {
  CHECK(read("40 25", NumberCoding::quic) == "37 in 2");  // RFC 9000, appendix A.1
  CHECK(read("82 00", NumberCoding::leb128) == "2 in 2");
  CHECK(read("fe ff 7f", NumberCoding::sleb128) == std::to_string(negative(-2)) + " in 3");
  CHECK(read("82 00", NumberCoding::mqtt) == "not shortest");
  CHECK(read("00", NumberCoding::mqtt) == "0 in 1");
}

TEST_CASE("a number that has no room is too long", "[payload]") {
  CHECK(read("80 80 80 80 00", NumberCoding::mqtt) == "too long");
  CHECK(read("ff ff ff ff ff ff ff ff ff 02", NumberCoding::leb128) == "too long");
  CHECK(read("80 80 80 80 80 80 80 80 80 80 00", NumberCoding::leb128) == "too long");
  CHECK(read("80 80 80 80 80 80 80 80 80 3f", NumberCoding::sleb128) == "too long");
  CHECK(read("80 80 80 80 80 80 80 80 80 01", NumberCoding::sleb128) == "too long");  // 2^63
}

}  // namespace
}  // namespace wireproof
