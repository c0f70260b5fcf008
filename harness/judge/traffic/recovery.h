#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/text/time.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

// Behind the last position that a segment takes (RFC 9293 §3.4): its begin, where it takes none.
std::uint64_t end_of(const Segment& segment);

// How a connection got over a segment that its path lost or corrupted: until the other side
// acknowledged all of it.
struct Recovery {
  std::size_t lost = 0;                // packet
  std::optional<std::size_t> healing;  // packet; none: it was never acknowledged
  Duration lasted{};                   // from the one to the other

  bool operator==(const Recovery&) const = default;
};

// The slowest of all; one that did not come to its end is slower than any other. Nothing where no
// segment was lost that had to be sent again: an ACK alone has not.
std::optional<Recovery> find_slowest_recovery(std::span<const TcpConnection* const> connections);

}  // namespace wireproof
