#pragma once

#include <cstdint>

#include "base/text/address.h"

namespace wireproof {

// A port that nobody uses on the loopback now, neither with TCP nor with UDP. Throws SystemError.
std::uint16_t choose_free_port(IpVersion version);

// Whether ::1 can be bound.
bool has_ipv6_loopback();

}  // namespace wireproof
