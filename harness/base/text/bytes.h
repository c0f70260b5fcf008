#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof {

using ByteView = std::span<const std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;

// The same memory seen as bytes, or as text; the result lives as long as the argument's memory.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A cursor over bytes that it does not own. All integers are big-endian (network byte order)
// unless the name ends in `_le`. Reading past the end makes the reader `failed()` for good, and
// every further read gives zero or an empty view: read all the fields in a row, test once.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

  // All in the header: decoding reads millions of packets a second through these.
  std::uint8_t read_u8() { return take(1) ? bytes_[offset_ - 1] : std::uint8_t{0}; }
  std::uint16_t read_u16() {
    if (!take(2)) return 0;
    return static_cast<std::uint16_t>((bytes_[offset_ - 2] << 8) | bytes_[offset_ - 1]);
  }
  std::uint32_t read_u32() {
    if (!take(4)) return 0;
    const std::uint8_t* const at = &bytes_[offset_ - 4];
    return (std::uint32_t{at[0]} << 24) | (std::uint32_t{at[1]} << 16) |
           (std::uint32_t{at[2]} << 8) | at[3];
  }
  std::uint64_t read_u64() {
    if (!take(8)) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = offset_ - 8; i < offset_; ++i) value = (value << 8) | bytes_[i];
    return value;
  }
  std::uint32_t read_u32_le() {
    if (!take(4)) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = offset_; i > offset_ - 4; --i) value = (value << 8) | bytes_[i - 1];
    return value;
  }
  ByteView read_bytes(std::size_t size) {
    return take(size) ? bytes_.subspan(offset_ - size, size) : ByteView();
  }
  void skip(std::size_t size) { take(size); }

  bool failed() const { return failed_; }
  std::size_t offset() const { return offset_; }
  ByteView rest() const { return bytes_.subspan(offset_); }

 private:
  bool take(std::size_t size) {
    if (failed_ || bytes_.size() - offset_ < size) {
      failed_ = true;
      return false;
    }
    offset_ += size;
    return true;
  }

  ByteView bytes_;
  std::size_t offset_ = 0;
  bool failed_ = false;
};

// Appends to a byte vector that it owns; big-endian unless the name ends in `_le`.
class ByteWriter {
 public:
  void write_u8(std::uint8_t value) { bytes_.push_back(value); }
  void write_u16(std::uint16_t value) {
    write_u8(static_cast<std::uint8_t>(value >> 8));
    write_u8(static_cast<std::uint8_t>(value));
  }
  void write_u32(std::uint32_t value) {
    write_u16(static_cast<std::uint16_t>(value >> 16));
    write_u16(static_cast<std::uint16_t>(value));
  }
  void write_u64(std::uint64_t value) {
    write_u32(static_cast<std::uint32_t>(value >> 32));
    write_u32(static_cast<std::uint32_t>(value));
  }
  void write_u32_le(std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) write_u8(static_cast<std::uint8_t>(value >> shift));
  }
  void write_bytes(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

  std::size_t size() const { return bytes_.size(); }
  const Bytes& bytes() const { return bytes_; }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// How many bytes both begin with.
std::size_t common_size(ByteView a, ByteView b);

// "01 02 ff", "0102FF"; blanks between bytes are free. Nothing for anything else.
std::optional<Bytes> parse_hex(std::string_view text);
// "01 02 ff"
std::string render_hex(ByteView bytes);

// Bytes as a quoted literal of the scenario language: "abc\n\x1b". Valid UTF-8 stays readable,
// control characters and invalid bytes are escaped; at most `max_size` bytes, then `…`.
std::string render_quoted(ByteView bytes, std::size_t max_size = 64);

// Untrusted text made safe for a terminal: control characters but \n and \t become \x1b.
std::string escape_control(std::string_view text);

}  // namespace wireproof
