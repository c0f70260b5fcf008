#include "expect/field/number_coding.h"

#include <limits>

namespace wireproof {
namespace {

constexpr std::size_t kMaxMqttBytes = 4;  // MQTT 5.0 §1.5.5

constexpr std::uint8_t kContinues = 0x80;

std::uint64_t to_zigzag(std::uint64_t bits) {
  const std::uint64_t sign = (bits >> 63) != 0 ? ~std::uint64_t{0} : 0;
  return (bits << 1) ^ sign;
}

std::uint64_t from_zigzag(std::uint64_t bits) {
  return (bits >> 1) ^ (~(bits & 1) + 1);
}

// Groups of seven bits until the rest is `end`: zero, or of a signed number all copies of the sign
// that the last group shows.
void write_groups(std::uint64_t bits, bool is_signed, ByteWriter& writer) {
  const bool negative = is_signed && (bits >> 63) != 0;
  while (true) {
    const auto group = static_cast<std::uint8_t>(bits & 0x7f);
    bits >>= 7;
    if (negative) bits |= ~(std::numeric_limits<std::uint64_t>::max() >> 7);
    const std::uint64_t end = negative ? ~std::uint64_t{0} : 0;
    const bool shows_sign = !is_signed || ((group & 0x40) != 0) == negative;
    if (bits == end && shows_sign) {
      writer.write_u8(group);
      return;
    }
    writer.write_u8(group | kContinues);
  }
}

// RFC 9000 §16: the two most significant bits are the logarithm of the size.
void write_quic(std::uint64_t bits, ByteWriter& writer) {
  if (bits < 1U << 6) {
    writer.write_u8(static_cast<std::uint8_t>(bits));
  } else if (bits < 1U << 14) {
    writer.write_u16(static_cast<std::uint16_t>(bits | 0x4000));
  } else if (bits < 1U << 30) {
    writer.write_u32(static_cast<std::uint32_t>(bits | 0x80000000));
  } else {
    writer.write_u64(bits | 0xc000000000000000);
  }
}

std::variant<CodedNumber, NumberDefect> read_quic(ByteView bytes) {
  if (bytes.empty()) return NumberDefect::cut_off;
  CodedNumber number{bytes[0] & 0x3fU, std::size_t{1} << (bytes[0] >> 6)};
  if (bytes.size() < number.size) return NumberDefect::cut_off;
  for (const std::uint8_t byte : bytes.subspan(1, number.size - 1)) {
    number.bits = (number.bits << 8) | byte;
  }
  return number;
}

// Whether the last of ten groups holds only what has room in 64 bits.
bool last_group_fits(std::uint8_t group, bool is_signed) {
  return group == 0 || group == (is_signed ? 0x7f : 1);
}

std::variant<CodedNumber, NumberDefect> read_groups(ByteView bytes, NumberCoding coding) {
  const bool is_signed = coding == NumberCoding::sleb128;
  const std::size_t most = coding == NumberCoding::mqtt ? kMaxMqttBytes : kMaxNumberBytes;
  CodedNumber number;
  while (number.size < most) {
    if (number.size == bytes.size()) return NumberDefect::cut_off;
    const std::uint8_t byte = bytes[number.size];
    const auto group = static_cast<std::uint8_t>(byte & 0x7f);
    const std::size_t shift = 7 * number.size++;
    if (shift == 63 && !last_group_fits(group, is_signed)) return NumberDefect::too_long;
    number.bits |= std::uint64_t{group} << shift;
    if ((byte & kContinues) != 0) continue;
    if (is_signed && (group & 0x40) != 0 && shift < 57) {
      number.bits |= ~std::uint64_t{0} << (shift + 7);
    }
    // MQTT 5.0 §1.5.5: "The encoded value MUST use the minimum number of bytes".
    const bool longer = coding == NumberCoding::mqtt && group == 0 && number.size > 1;
    if (longer) return NumberDefect::not_shortest;
    return number;
  }
  return NumberDefect::too_long;
}

}  // namespace

std::uint64_t greatest_number(NumberCoding coding) {
  if (coding == NumberCoding::quic) return (std::uint64_t{1} << 62) - 1;
  if (coding == NumberCoding::mqtt) return 268'435'455;
  return std::numeric_limits<std::uint64_t>::max();
}

void write_number(std::uint64_t bits, NumberCoding coding, ByteWriter& writer) {
  if (coding == NumberCoding::quic) {
    write_quic(bits, writer);
    return;
  }
  const std::uint64_t value = coding == NumberCoding::zigzag ? to_zigzag(bits) : bits;
  write_groups(value, coding == NumberCoding::sleb128, writer);
}

std::variant<CodedNumber, NumberDefect> read_number(ByteView bytes, NumberCoding coding) {
  if (coding == NumberCoding::quic) return read_quic(bytes);
  auto read = read_groups(bytes, coding);
  auto* const number = std::get_if<CodedNumber>(&read);
  if (number != nullptr && coding == NumberCoding::zigzag) number->bits = from_zigzag(number->bits);
  return read;
}

}  // namespace wireproof
