#include <algorithm>

#include "servers/faults/misconduct.h"

namespace wireproof {
namespace {

constexpr std::size_t kSmallBuffer = 512;

void reply_twice(Service& service, const ServerInfo&) {
  change_datagrams(service, [](DatagramProtocol& inner, ByteView datagram) {
    std::vector<Bytes> twice;
    for (const Bytes& reply : inner.on_datagram(datagram)) twice.insert(twice.end(), 2, reply);
    return twice;
  });
}

void drop_third(Service& service, const ServerInfo&) {
  change_datagrams(service, [count = 0U](DatagramProtocol& inner, ByteView datagram) mutable {
    std::vector<Bytes> replies = inner.on_datagram(datagram);
    if (++count % 3 == 0) replies.clear();
    return replies;
  });
}

void die_on_empty(Service& service, const ServerInfo&) {
  change_datagrams(service, [](DatagramProtocol& inner, ByteView datagram) {
    if (datagram.empty()) throw DeadlyInput("an empty datagram");
    return inner.on_datagram(datagram);
  });
}

void truncate(Service& service, const ServerInfo&) {
  service.datagram_read_size = std::min(service.datagram_read_size, kSmallBuffer);
}

bool speaks_udp(const ServerInfo& server) {
  return server.udp_port != 0;
}

bool replies_by_udp(const ServerInfo& server) {
  return speaks_udp(server) && server.traits.replies;
}

}  // namespace

QuirkTable datagram_faults() {
  return {
      {{"reply-from-other-port", "answers a datagram from another port than it was sent to",
        "other-port"},
       replies_by_udp,
       [](Service& service, const ServerInfo&) { service.datagrams_from_other_port = true; }},
      {{"duplicate-reply", "answers every datagram twice", "duplicate-reply"},
       replies_by_udp,
       reply_twice},
      {{"drop-third", "does not answer every third datagram", "lost-reply"},
       replies_by_udp,
       drop_third},
      {{"truncate", "reads at most 512 bytes of a datagram", "truncated-datagram"},
       replies_by_udp,
       truncate},
      {{"die-on-empty", "ends on an empty datagram", "died-on-input"}, speaks_udp, die_on_empty},
  };
}

}  // namespace wireproof
