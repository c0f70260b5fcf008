#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof {

class TextCursor;

enum class IpVersion : std::uint8_t { v4 = 4, v6 = 6 };

// An IPv4 or IPv6 address in network byte order; IPv4 uses the first four bytes, the rest is zero.
struct IpAddress {
  IpVersion version = IpVersion::v4;
  std::array<std::uint8_t, 16> bytes{};

  bool operator==(const IpAddress&) const = default;
  auto operator<=>(const IpAddress&) const = default;
};

// Host byte order port.
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  bool operator==(const Endpoint&) const = default;
  auto operator<=>(const Endpoint&) const = default;
};

// Numeric forms only, no name look-up; nothing when the text is not an address.
std::optional<IpAddress> parse_ip_address(std::string_view text);
// "127.0.0.1:80", "[::1]:80".
std::optional<Endpoint> parse_endpoint(std::string_view text);

std::string render_ip_address(const IpAddress& address);  // RFC 5952 for IPv6
std::string render_endpoint(const Endpoint& endpoint);

// The same text where `out` is; give where it ends.
char* put_ip_address(TextCursor out, const IpAddress& address);
char* put_endpoint(TextCursor out, const IpAddress& address, std::uint16_t port);

// ::ffff:a.b.c.d (RFC 4291 §2.5.5.2) as its IPv4 form; any other address as it is.
IpAddress unmap_ipv4(const IpAddress& address);

// Letters, digits and hyphens between dots, each part of at most 63, 253 in all (RFC 1123 §2.1).
bool is_host_name(std::string_view text);

}  // namespace wireproof
