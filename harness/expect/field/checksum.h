#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/bytes.h"

namespace wireproof {

// A cyclic redundancy check in the terms of Williams's model (R. N. Williams, "A Painless Guide to
// CRC Error Detection Algorithms", §15), as the CRC RevEng catalogue lists them.
struct CrcParameters {
  std::size_t width = 0;  // bits, 1 to 64
  std::uint64_t polynomial = 0;
  std::uint64_t initial = 0;
  bool reflects_input = false;
  bool reflects_output = false;
  std::uint64_t final_xor = 0;

  bool operator==(const CrcParameters&) const = default;
};

// `internet` (RFC 1071) without parameters, else a CRC; its name is empty when it has none.
struct Checksum {
  std::string name;
  std::optional<CrcParameters> crc;

  bool operator==(const Checksum&) const = default;
};

// "internet", "crc32", "crc16-modbus", …; nothing for any other name.
std::optional<Checksum> checksum_named(std::string_view name);
std::vector<std::string> checksum_names();

std::size_t checksum_bits(const Checksum& checksum);
std::uint64_t compute_checksum(const Checksum& checksum, ByteView bytes);

// Its name, or `crc width=16 poly=0x1021 …`.
std::string render_checksum(const Checksum& checksum);

}  // namespace wireproof
