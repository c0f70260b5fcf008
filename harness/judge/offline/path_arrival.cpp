#include "judge/offline/path_arrival.h"

#include <algorithm>

#include "judge/traffic/recovery.h"
#include "judge/traffic/traffic.h"

namespace wireproof {
namespace {

bool comes_whole(const Segment& segment) {
  return segment.fate == PacketFate::arrived || segment.fate == PacketFate::twice ||
         segment.fate == PacketFate::late;
}

// All that the other side says that it has.
std::uint64_t acknowledged_end(const TcpConnection& connection, Side from) {
  std::uint64_t end = 0;
  for (const Segment& segment : connection.segments) {
    if (segment.from != from) end = std::max(end, segment.ack);
  }
  return end;
}

}  // namespace

PathArrival arrival_of(const TcpConnection& connection, Side from) {
  PathArrival arrival;
  const std::uint64_t acknowledged = acknowledged_end(connection, from);
  const std::vector<Segment>& all = connection.segments;
  for (auto sent = all.begin(); sent != all.end(); ++sent) {
    if (sent->from != from || comes_whole(*sent) || end_of(*sent) == sent->seq) continue;
    const bool is_sent_again = std::any_of(sent + 1, all.end(), [&](const Segment& later) {
      return later.from == from && comes_whole(later) && later.seq <= sent->seq &&
             end_of(later) >= end_of(*sent);
    });
    if (is_sent_again) continue;
    // The first byte's position is 1.
    const auto begin = static_cast<std::size_t>(std::max<std::uint64_t>(sent->seq, 1) - 1);
    if (end_of(*sent) > acknowledged) {
      arrival.size = std::min(arrival.size, begin);
    } else if (sent->fate == PacketFate::corrupted_right) {
      arrival.known = std::min(arrival.known, begin);
    }
  }
  return arrival;
}

PathArrival arrival_of(const UdpExchange& exchange, Side from) {
  PathArrival arrival;
  std::size_t came = 0;
  bool was_late = false;
  for (const Datagram& datagram : exchange.datagrams) {
    if (datagram.from != from || datagram.port_unreachable || count_arrivals(datagram) == 0)
      continue;
    const bool is_changed =
        datagram.fate == PacketFate::corrupted_right || datagram.fate == PacketFate::cut;
    // What is late may be passed by what follows.
    if (is_changed || was_late) arrival.known = std::min(arrival.known, came - (was_late ? 1 : 0));
    if (arrival.known != PathArrival::kAll) break;
    was_late = datagram.fate == PacketFate::late;
    came += count_arrivals(datagram);
  }
  return arrival;
}

}  // namespace wireproof
