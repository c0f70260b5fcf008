#include "base/text/bytes.h"

namespace wireproof {

ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void ByteWriter::write_u8(std::uint8_t value) {
  bytes_.push_back(value);
}

void ByteWriter::write_u16(std::uint16_t value) {
  write_u8(static_cast<std::uint8_t>(value >> 8));
  write_u8(static_cast<std::uint8_t>(value));
}

void ByteWriter::write_u32(std::uint32_t value) {
  write_u16(static_cast<std::uint16_t>(value >> 16));
  write_u16(static_cast<std::uint16_t>(value));
}

void ByteWriter::write_u64(std::uint64_t value) {
  write_u32(static_cast<std::uint32_t>(value >> 32));
  write_u32(static_cast<std::uint32_t>(value));
}

void ByteWriter::write_u16_le(std::uint16_t value) {
  write_u8(static_cast<std::uint8_t>(value));
  write_u8(static_cast<std::uint8_t>(value >> 8));
}

void ByteWriter::write_u32_le(std::uint32_t value) {
  write_u16_le(static_cast<std::uint16_t>(value));
  write_u16_le(static_cast<std::uint16_t>(value >> 16));
}

void ByteWriter::write_bytes(ByteView bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

}  // namespace wireproof
