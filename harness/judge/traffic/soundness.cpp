#include "judge/traffic/soundness.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/words.h"

namespace wireproof {

Soundness judge_soundness(const CaptureCounts& counts) {
  Soundness soundness;
  soundness.captured = true;
  soundness.delivered = counts.delivered;
  soundness.received = counts.received;
  soundness.dropped = counts.dropped;
  soundness.start_marker = counts.start_marker;
  soundness.end_marker = counts.end_marker;
  soundness.faults = find_capture_faults(counts);
  return soundness;
}

void add_stream_faults(const Conversations& conversations, Soundness& soundness) {
  for (const TcpConnection& connection : conversations.tcp) {
    if (!connection.holes.empty()) {
      const Hole& hole = connection.holes.front();
      soundness.faults.push_back(
          fmt::format("bytes {}..{} of the {} at {} were acknowledged but never captured",
                      hole.begin, hole.end - 1, hole.from == Side::client ? "client" : "server",
                      render_endpoint(connection.client)));
    }
    if (connection.truncated) {
      soundness.faults.push_back("the capture cut packets of " +
                                 render_endpoint(connection.client) + " (snaplen)");
    }
  }
  if (conversations.cut_packets != 0) {
    soundness.faults.push_back(fmt::format("the capture cut headers of {} (snaplen)",
                                           counted(conversations.cut_packets, "packet")));
  }
  if (conversations.broken_packets != 0) {
    soundness.faults.push_back("fragments of packets could not be put together");
  }
  for (const UdpExchange& exchange : conversations.udp) {
    const bool cut = std::any_of(exchange.datagrams.begin(), exchange.datagrams.end(),
                                 [](const Datagram& datagram) { return datagram.truncated; });
    if (cut) {
      soundness.faults.push_back("the capture cut datagrams of " +
                                 render_endpoint(exchange.client) + " (snaplen)");
    }
  }
}

}  // namespace wireproof
