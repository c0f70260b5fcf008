#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof {

using ByteView = std::span<const std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;

// The same memory seen as bytes, or as text; the result lives as long as the argument's memory.
ByteView as_bytes(std::string_view text);
std::string_view as_text(ByteView bytes);

// A cursor over bytes that it does not own. All integers are big-endian (network byte order)
// unless the name ends in `_le`. Reading past the end makes the reader `failed()` for good, and
// every further read gives zero or an empty view: read all the fields in a row, test once.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

  std::uint8_t read_u8();
  std::uint16_t read_u16();
  std::uint32_t read_u32();
  std::uint64_t read_u64();
  std::uint16_t read_u16_le();
  std::uint32_t read_u32_le();
  ByteView read_bytes(std::size_t size);
  void skip(std::size_t size);

  bool failed() const { return failed_; }
  std::size_t offset() const { return offset_; }
  ByteView rest() const { return bytes_.subspan(offset_); }

 private:
  bool take(std::size_t size);

  ByteView bytes_;
  std::size_t offset_ = 0;
  bool failed_ = false;
};

// Appends to a byte vector that it owns; big-endian unless the name ends in `_le`.
class ByteWriter {
 public:
  void write_u8(std::uint8_t value);
  void write_u16(std::uint16_t value);
  void write_u32(std::uint32_t value);
  void write_u64(std::uint64_t value);
  void write_u16_le(std::uint16_t value);
  void write_u32_le(std::uint32_t value);
  void write_bytes(ByteView bytes);

  std::size_t size() const { return bytes_.size(); }
  const Bytes& bytes() const { return bytes_; }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

}  // namespace wireproof
