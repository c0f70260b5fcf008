#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text/bytes.h"

namespace wireproof {

// Writes a pcapng file by hand (draft-ietf-opsawg-pcapng §3, §4), in either byte order.
class Pcapng {
 public:
  using Options = std::vector<std::pair<std::uint16_t, std::string>>;

  explicit Pcapng(bool is_little = true) : is_little_(is_little) {}

  void put16(std::uint16_t value) { out_.write_u16(is_little_ ? __builtin_bswap16(value) : value); }
  void put32(std::uint32_t value) { out_.write_u32(is_little_ ? __builtin_bswap32(value) : value); }
  void put64(std::uint64_t value) { out_.write_u64(is_little_ ? __builtin_bswap64(value) : value); }

  Pcapng& section(bool is_little, std::uint16_t major = 1, std::uint16_t minor = 0) {
    is_little_ = is_little;
    for (const std::uint32_t value : {0x0a0d0d0aU, 28U, 0x1a2b3c4dU}) put32(value);
    put16(major);
    put16(minor);
    for (const std::uint32_t value : {~0U, ~0U, 28U}) put32(value);
    return *this;
  }
  Pcapng& block(std::uint32_t type, const Bytes& body) {
    const auto size = static_cast<std::uint32_t>((body.size() + 3) / 4 * 4 + 12);
    put32(type);
    put32(size);
    out_.write_bytes(body);
    out_.write_bytes(Bytes(size - 12 - body.size(), 0));
    put32(size);
    return *this;
  }
  // A body in this section's byte order.
  Pcapng body() const { return Pcapng(is_little_); }
  Pcapng& interface(std::uint16_t link, std::uint32_t snap_length, const Bytes& options = {}) {
    Pcapng fields = body();
    fields.put16(link);
    fields.put16(0);
    fields.put32(snap_length);
    fields.out_.write_bytes(options);
    return block(1, fields.bytes());
  }
  Bytes resolution(std::uint8_t value) const {
    Pcapng option = body();
    option.put16(9);
    option.put16(1);
    option.out_.write_bytes(Bytes{value, 0, 0, 0});
    return option.bytes();
  }
  Bytes offset(std::int64_t seconds) const {
    Pcapng option = body();
    option.put16(14);
    option.put16(8);
    option.put64(static_cast<std::uint64_t>(seconds));
    option.put32(0);  // the end of the options
    return option.bytes();
  }
  Bytes option(std::uint16_t code, std::string_view value) const {
    Pcapng option = body();
    option.put16(code);
    option.put16(static_cast<std::uint16_t>(value.size()));
    option.out_.write_bytes(as_bytes(value));
    option.pad();
    return option.bytes();
  }
  // `stamp` is in the units of the interface's `if_tsresol`, microseconds without one.
  Pcapng& packet(std::uint32_t interface, std::uint64_t stamp, std::string_view data,
                 std::uint32_t original_size = 1500, const Options& options = {}) {
    Pcapng fields = body();
    fields.put32(interface);
    fields.put_content(stamp, data, original_size);
    fields.pad();
    for (const auto& [code, value] : options) fields.out_.write_bytes(option(code, value));
    return block(6, fields.bytes());
  }
  Pcapng& old_packet(std::uint16_t interface, std::uint64_t stamp, std::string_view data) {
    Pcapng fields = body();
    fields.put16(interface);
    fields.put16(0xffff);
    fields.put_content(stamp, data, 1500);
    return block(2, fields.bytes());
  }
  Pcapng& simple_packet(std::uint32_t original, std::string_view data) {
    Pcapng fields = body();
    fields.put32(original);
    fields.out_.write_bytes(as_bytes(data));
    return block(3, fields.bytes());
  }
  const Bytes& bytes() const { return out_.bytes(); }

 private:
  void put_content(std::uint64_t stamp, std::string_view data, std::uint32_t original_size) {
    put32(static_cast<std::uint32_t>(stamp >> 32));
    put32(static_cast<std::uint32_t>(stamp));
    put32(static_cast<std::uint32_t>(data.size()));
    put32(original_size);
    out_.write_bytes(as_bytes(data));
  }
  void pad() {
    while (out_.size() % 4 != 0) out_.write_u8(0);
  }

  ByteWriter out_;
  bool is_little_;
};

}  // namespace wireproof
