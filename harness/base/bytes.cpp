#include "base/bytes.h"

namespace wireproof {

ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool ByteReader::take(std::size_t size) {
  if (failed_ || bytes_.size() - offset_ < size) {
    failed_ = true;
    return false;
  }
  offset_ += size;
  return true;
}

std::uint8_t ByteReader::read_u8() { return take(1) ? bytes_[offset_ - 1] : std::uint8_t{0}; }

std::uint16_t ByteReader::read_u16() {
  if (!take(2)) return 0;
  return static_cast<std::uint16_t>((bytes_[offset_ - 2] << 8) | bytes_[offset_ - 1]);
}

std::uint32_t ByteReader::read_u32() {
  if (!take(4)) return 0;
  std::uint32_t value = 0;
  for (std::size_t i = offset_ - 4; i < offset_; ++i) value = (value << 8) | bytes_[i];
  return value;
}

std::uint64_t ByteReader::read_u64() {
  if (!take(8)) return 0;
  std::uint64_t value = 0;
  for (std::size_t i = offset_ - 8; i < offset_; ++i) value = (value << 8) | bytes_[i];
  return value;
}

std::uint16_t ByteReader::read_u16_le() {
  if (!take(2)) return 0;
  return static_cast<std::uint16_t>((bytes_[offset_ - 1] << 8) | bytes_[offset_ - 2]);
}

std::uint32_t ByteReader::read_u32_le() {
  if (!take(4)) return 0;
  std::uint32_t value = 0;
  for (std::size_t i = offset_; i > offset_ - 4; --i) value = (value << 8) | bytes_[i - 1];
  return value;
}

ByteView ByteReader::read_bytes(std::size_t size) {
  if (!take(size)) return {};
  return bytes_.subspan(offset_ - size, size);
}

void ByteReader::skip(std::size_t size) { take(size); }

void ByteWriter::write_u8(std::uint8_t value) { bytes_.push_back(value); }

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
