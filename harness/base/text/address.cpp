#include "base/text/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

#include "base/text/text_cursor.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_mapped_ipv4(const IpAddress& address) {
  return address.version == IpVersion::v6 &&
         std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
}

// The digits of a byte with a dot behind them, and the count of both.
struct OctetText {
  std::array<char, 4> text{};
  std::uint32_t size = 0;
};

constexpr std::array<OctetText, 256> make_octets() {
  std::array<OctetText, 256> octets{};
  for (std::size_t i = 0; i < octets.size(); ++i) {
    OctetText& octet = octets[i];
    if (i >= 100) octet.text[octet.size++] = static_cast<char>('0' + i / 100);
    if (i >= 10) octet.text[octet.size++] = static_cast<char>('0' + i / 10 % 10);
    octet.text[octet.size++] = static_cast<char>('0' + i % 10);
    octet.text[octet.size++] = '.';
  }
  return octets;
}

constexpr std::array<OctetText, 256> kOctets = make_octets();

char* put_ipv4(TextCursor out, std::span<const std::uint8_t, 4> bytes) {
  char* to = out.take(4 * 4);
  if (to == nullptr) return out.at();
  for (const std::uint8_t byte : bytes) {
    const OctetText& octet = kOctets[byte];
    std::memcpy(to, octet.text.data(), octet.text.size());  // what is too much is overwritten
    to += octet.size;
  }
  out.back_to(to - 1);  // no dot behind the last one
  return out.at();
}

std::uint16_t group(const IpAddress& address, std::size_t index) {
  return static_cast<std::uint16_t>((address.bytes[2 * index] << 8) | address.bytes[2 * index + 1]);
}

struct ZeroRun {
  std::size_t begin = 8;
  std::size_t count = 0;
};

// RFC 5952 §4.2: the longest run of at least two zero groups, the first of equal ones.
ZeroRun longest_zero_run(const IpAddress& address) {
  ZeroRun best;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && group(address, end) == 0) ++end;
    if (end - i >= 2 && end - i > best.count) best = ZeroRun{i, end - i};
    i = std::max(i, end);
  }
  return best;
}

char* put_ipv6(TextCursor out, const IpAddress& address) {
  const ZeroRun run = longest_zero_run(address);
  bool needs_colon = false;
  for (std::size_t i = 0; i < 8; ++i) {
    if (run.count > 0 && i == run.begin) {
      out.put("::");
      i += run.count - 1;
      needs_colon = false;
      continue;
    }
    if (needs_colon) out.put(':');
    out.put_hex(group(address, i));
    needs_colon = true;
  }
  return out.at();
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string terminated(text);
  IpAddress address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) return address;
  address = IpAddress{IpVersion::v6, {}};
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const std::optional<IpAddress> address = parse_ip_address(host);
  if (!port || !address || bracketed != (address->version == IpVersion::v6)) return std::nullopt;

  return Endpoint{*address, *port};
}

char* put_ip_address(TextCursor out, const IpAddress& address) {
  const std::span<const std::uint8_t, 16> bytes(address.bytes);
  if (address.version == IpVersion::v4) return put_ipv4(out, bytes.first<4>());
  if (!is_mapped_ipv4(address)) return put_ipv6(out, address);
  // RFC 5952 §5: a prefix known to hold an IPv4 address is followed by dotted decimals.
  out.put("::ffff:");
  return put_ipv4(out, bytes.last<4>());
}

char* put_endpoint(TextCursor out, const IpAddress& address, std::uint16_t port) {
  const bool is_v6 = address.version == IpVersion::v6;
  if (is_v6) out.put('[');  // RFC 5952 §6
  out.go_on(put_ip_address(out, address));
  if (is_v6) out.put(']');
  return out.put(':').put_decimal(port).at();
}

std::string render_ip_address(const IpAddress& address) {
  return render_with([&](TextCursor out) { return put_ip_address(out, address); });
}

std::string render_endpoint(const Endpoint& endpoint) {
  return render_with(
      [&](TextCursor out) { return put_endpoint(out, endpoint.address, endpoint.port); });
}

IpAddress unmap_ipv4(const IpAddress& address) {
  if (!is_mapped_ipv4(address)) return address;
  IpAddress result;
  std::copy_n(address.bytes.begin() + 12, 4, result.bytes.begin());
  return result;
}

bool is_host_name(std::string_view text) {
  constexpr std::size_t kLongestName = 253;
  constexpr std::size_t kLongestLabel = 63;
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
  if (text.size() > kLongestName) return false;
  for (;;) {
    const std::size_t size = std::min(text.find('.'), text.size());
    const std::string_view label = text.substr(0, size);
    const bool is_label = !label.empty() && label.size() <= kLongestLabel &&
                          label.find_first_not_of(kLetters) == std::string_view::npos &&
                          label.front() != '-' && label.back() != '-';
    if (!is_label) return false;
    if (size == text.size()) return true;
    text.remove_prefix(size + 1);
  }
}

}  // namespace wireproof
