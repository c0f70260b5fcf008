#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/system/system_call.h"
#include "packets/wire/packet.h"

namespace wireproof {

using MarkerId = std::array<std::uint8_t, 16>;

// Sends datagrams with a random id from a loopback port, which it holds, to the same port. When
// such a marker comes out of a capture, everything that was sent before it has come out too.
class MarkerSocket {
 public:
  // The system chooses the port of 127.0.0.1, but none of `avoided`. Throws SystemError.
  explicit MarkerSocket(const std::vector<std::uint16_t>& avoided);

  std::uint16_t port() const { return port_; }
  // Throws SystemError.
  MarkerId send() const;
  // Whether a captured packet belongs to this socket: a marker, or an ICMP error about one.
  bool is_own(const Packet& packet) const;
  // Whether it is the marker with this id: nothing else ends with 16 random bytes.
  static bool carries(const RawPacket& raw, const MarkerId& id);

 private:
  UniqueFd socket_;
  std::uint16_t port_ = 0;
};

}  // namespace wireproof
