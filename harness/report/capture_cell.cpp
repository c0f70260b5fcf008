#include "report/capture_cell.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>
#include <string>

#include "base/text/decimal.h"
#include "base/text/hex.h"

namespace wireproof {
namespace {

constexpr std::array<std::string_view, 9> kNames = {
    "No.", "Time", "Source", "Destination", "Protocol", "Len", "Info", "Payload", "Defect"};

char* put(char* out, std::string_view text) {
  return std::copy(text.begin(), text.end(), out);
}

constexpr std::uint64_t kBillion = 1'000'000'000;

std::uint64_t magnitude(Duration time) {
  const auto count = static_cast<std::uint64_t>(time.count());
  return time.count() < 0 ? std::uint64_t{0} - count : count;
}

// Seconds with nine decimals.
char* put_seconds(char* out, Duration time) {
  if (time.count() < 0) *out++ = '-';
  out = put_decimal64(out, magnitude(time) / kBillion);
  *out++ = '.';
  return put_fixed<9>(out, static_cast<std::uint32_t>(magnitude(time) % kBillion));
}

std::size_t seconds_size(Duration time) {
  return (time.count() < 0 ? 1 : 0) + decimal_size64(magnitude(time) / kBillion) + 10;
}

char* put_mac(char* out, ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) *out++ = ':';
    *out++ = kDigits[bytes[i] >> 4];
    *out++ = kDigits[bytes[i] & 0x0f];
  }
  return out;
}

// The end's address and port, without a transport its address, without IP its Ethernet address.
char* put_end(char* out, const Packet& packet, bool is_source) {
  if (!packet.ip) {
    constexpr std::size_t kMacSize = 6;
    const bool has_mac =
        packet.raw.link == LinkType::ethernet && packet.raw.bytes.size() >= 2 * kMacSize;
    return has_mac ? put_mac(out, packet.raw.bytes.subspan(is_source ? kMacSize : 0, kMacSize))
                   : out;
  }
  const IpAddress& address = is_source ? packet.ip->source : packet.ip->destination;
  if (const TcpHeader* tcp = packet.tcp()) {
    const std::uint16_t port = is_source ? tcp->source_port : tcp->destination_port;
    return render_endpoint_to(out, address, port);
  }
  if (const UdpHeader* udp = packet.udp()) {
    const std::uint16_t port = is_source ? udp->source_port : udp->destination_port;
    return render_endpoint_to(out, address, port);
  }
  return render_ip_address_to(out, address);
}

char* put_defect(char* out, const Packet& packet) {
  if (!packet.defect) return out;
  out = put_decimal(put(out, "byte "), packet.defect->offset);
  return put(put(out, ": "), packet.defect->reason);
}

bool equal_without_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::string_view capture_column_name(CaptureColumn column) {
  return kNames[static_cast<std::size_t>(column)];
}

std::optional<CaptureColumn> find_capture_column(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (equal_without_case(name, kNames[i])) return static_cast<CaptureColumn>(i);
  }
  return std::nullopt;
}

std::size_t number_cell_size(CaptureColumn column, const CaptureRow& row) {
  assert(is_number(column));
  if (column == CaptureColumn::number) return decimal_size64(row.number);
  if (column == CaptureColumn::time) return seconds_size(row.time);
  return decimal_size(row.packet.payload_size);
}

char* render_cell_to(char* out, CaptureColumn column, const CaptureRow& row) {
  switch (column) {
    case CaptureColumn::number:
      return put_decimal64(out, row.number);
    case CaptureColumn::time:
      return put_seconds(out, row.time);
    case CaptureColumn::source:
      return put_end(out, row.packet, true);
    case CaptureColumn::destination:
      return put_end(out, row.packet, false);
    case CaptureColumn::protocol:
      return put(out, protocol_name(row.packet));
    case CaptureColumn::length:
      return put_decimal(out, row.packet.payload_size);
    case CaptureColumn::info:
      return render_summary_to(out, row.packet, row.numbers);
    case CaptureColumn::payload:
      return row.packet.payload.empty() ? out : put(out, render_quoted(row.packet.payload));
    case CaptureColumn::defect:
      return put_defect(out, row.packet);
  }
  return out;
}

}  // namespace wireproof
