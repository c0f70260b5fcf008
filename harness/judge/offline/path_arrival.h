#pragma once

#include <cstddef>
#include <limits>

#include "packets/flow/tcp_connection.h"

namespace wireproof {

// What came of all that one side sent, where a path lost or changed some of it: a capture of a path
// has the packets as they were sent.
struct PathArrival {
  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

  std::size_t size = kAll;   // of a stream: bytes from its first one on, up to one that never came
  std::size_t known = kAll;  // bytes, or datagrams that came, up to one that may not be as it was
                             // sent, or in its place
};

PathArrival arrival_of(const TcpConnection& connection, Side from);
PathArrival arrival_of(const UdpExchange& exchange, Side from);

}  // namespace wireproof
