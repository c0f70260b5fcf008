#include "expect/field/checksum.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/crc.hpp>
#include <utility>

#include "base/text/words.h"

namespace wireproof {
namespace {

struct NamedCrc {
  std::string_view name;
  CrcParameters crc;
};

// Of the CRC RevEng catalogue (2024-10), which has them as: CRC-8/SMBUS, CRC-8/MAXIM-DOW,
// CRC-15/CAN, CRC-16/ARC, CRC-16/IBM-3740, CRC-16/KERMIT, CRC-16/XMODEM, CRC-16/MODBUS,
// CRC-16/IBM-SDLC, CRC-16/USB, CRC-16/DNP, CRC-24/OPENPGP, CRC-32/ISO-HDLC, CRC-32/BZIP2,
// CRC-32/CKSUM, CRC-32/MPEG-2, CRC-32/ISCSI, CRC-64/ECMA-182, CRC-64/XZ.
constexpr std::array<NamedCrc, 19> kCrcs{{
    {"crc8", {8, 0x07, 0, false, false, 0}},
    {"crc8-maxim", {8, 0x31, 0, true, true, 0}},
    {"crc15-can", {15, 0x4599, 0, false, false, 0}},
    {"crc16-arc", {16, 0x8005, 0, true, true, 0}},
    {"crc16-ccitt-false", {16, 0x1021, 0xffff, false, false, 0}},
    {"crc16-kermit", {16, 0x1021, 0, true, true, 0}},
    {"crc16-xmodem", {16, 0x1021, 0, false, false, 0}},
    {"crc16-modbus", {16, 0x8005, 0xffff, true, true, 0}},
    {"crc16-x25", {16, 0x1021, 0xffff, true, true, 0xffff}},
    {"crc16-usb", {16, 0x8005, 0xffff, true, true, 0xffff}},
    {"crc16-dnp", {16, 0x3d65, 0, true, true, 0xffff}},
    {"crc24", {24, 0x864cfb, 0xb704ce, false, false, 0}},
    {"crc32", {32, 0x04c11db7, 0xffffffff, true, true, 0xffffffff}},
    {"crc32-bzip2", {32, 0x04c11db7, 0xffffffff, false, false, 0xffffffff}},
    {"crc32-cksum", {32, 0x04c11db7, 0, false, false, 0xffffffff}},
    {"crc32-mpeg2", {32, 0x04c11db7, 0xffffffff, false, false, 0}},
    {"crc32c", {32, 0x1edc6f41, 0xffffffff, true, true, 0xffffffff}},
    {"crc64-ecma", {64, 0x42f0e1eba9ea3693, 0, false, false, 0}},
    {"crc64-xz", {64, 0x42f0e1eba9ea3693, ~std::uint64_t{0}, true, true, ~std::uint64_t{0}}},
}};

// RFC 1071 §1: the complement of the sum in ones' complement of all 16-bit words; a byte that is
// left over is the upper half of a word.
std::uint64_t internet_checksum(ByteView bytes) {
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    sum += at % 2 == 0 ? std::uint64_t{bytes[at]} << 8 : bytes[at];
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

template <std::size_t Width>
std::uint64_t crc_of_width(const CrcParameters& crc, ByteView bytes) {
  using Value = typename boost::crc_basic<Width>::value_type;
  boost::crc_basic<Width> computer(
      static_cast<Value>(crc.polynomial), static_cast<Value>(crc.initial),
      static_cast<Value>(crc.final_xor), crc.reflects_input, crc.reflects_output);
  computer.process_bytes(bytes.data(), bytes.size());
  return computer.checksum();
}

using CrcFunction = std::uint64_t (*)(const CrcParameters&, ByteView);

// Boost takes the width as a template's argument.
template <std::size_t... Index>
constexpr std::array<CrcFunction, sizeof...(Index)> crc_functions(std::index_sequence<Index...>) {
  return {&crc_of_width<Index + 1>...};
}
constexpr auto kCrcFunctions = crc_functions(std::make_index_sequence<64>());

}  // namespace

std::optional<Checksum> checksum_named(std::string_view name) {
  if (name == "internet") return Checksum{std::string(name), std::nullopt};
  const auto found = std::ranges::find(kCrcs, name, &NamedCrc::name);
  if (found == kCrcs.end()) return std::nullopt;
  return Checksum{std::string(name), found->crc};
}

std::vector<std::string> checksum_names() {
  std::vector<std::string> names = list_names(kCrcs);
  names.insert(names.begin(), "internet");
  return names;
}

std::size_t checksum_bits(const Checksum& checksum) {
  return checksum.crc ? checksum.crc->width : 16;
}

std::uint64_t compute_checksum(const Checksum& checksum, ByteView bytes) {
  if (!checksum.crc) return internet_checksum(bytes);
  return kCrcFunctions.at(checksum.crc->width - 1)(*checksum.crc, bytes);
}

std::string render_checksum(const Checksum& checksum) {
  if (!checksum.name.empty() || !checksum.crc) return checksum.name;
  const CrcParameters& crc = *checksum.crc;
  return fmt::format("crc width={} poly={:#x} init={:#x} refin={} refout={} xorout={:#x}",
                     crc.width, crc.polynomial, crc.initial, crc.reflects_input,
                     crc.reflects_output, crc.final_xor);
}

}  // namespace wireproof
