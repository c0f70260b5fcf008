#pragma once

#include <cstdint>
#include <string>

#include "base/text/address.h"

namespace wireproof {

// One socket as the kernel lists it (`ss`, `netstat`).
struct SocketEntry {
  bool tcp = true;
  Endpoint local;
  Endpoint remote;    // of a socket without peer: port 0
  std::string state;  // RFC 9293 §3.3.2: "CLOSE-WAIT"; of UDP "UNCONN" or "ESTABLISHED"
  std::uint32_t receive_queue = 0;  // bytes unread; LISTEN: connections that wait for accept
  std::uint32_t send_queue = 0;     // bytes not acknowledged; LISTEN: the most that may wait

  bool operator==(const SocketEntry&) const = default;
};

}  // namespace wireproof
