#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/text/address.h"

namespace wireproof {

// The way that packets to an address take from this network namespace.
struct Route {
  std::string interface;            // "lo" for every address of this host
  bool is_local = false;            // the address is one of this host's
  std::optional<IpAddress> source;  // which address of this host they come from

  bool operator==(const Route&) const = default;
};

// Asks the kernel by rtnetlink: no packet is sent. Throws SystemError where there is no route.
Route find_route(const IpAddress& address);

// A port that nobody uses on the loopback now, neither with TCP nor with UDP. Throws SystemError.
std::uint16_t choose_free_port(IpVersion version);

// Whether ::1 can be bound.
bool has_ipv6_loopback();

}  // namespace wireproof
