#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text/address.h"
#include "packets/capture/foreign_traffic.h"
#include "packets/capture/marker.h"
#include "packets/capture/packet_record.h"
#include "packets/capture/pcap_live.h"
#include "packets/wire/packet.h"

namespace wireproof {

// Why a capture with these counts proves nothing; empty: it is sound as far as counts can tell.
std::vector<std::string> find_capture_faults(const CaptureCounts& counts);

struct WatchOptions {
  std::string interface = "lo";
  std::optional<IpAddress> only_host;  // none: all that the interface has
  // Ports whose traffic is wanted on an interface shared with others; with neither them nor
  // `only_net` it is everything.
  std::vector<std::uint16_t> only_ports;
  std::string only_net;                     // whose traffic is wanted, too: "127.1.16.0/20"
  std::vector<std::uint16_t> server_ports;  // the marker's port is none of them
  // A block of the ring that is not full is handed over after this. A barrier takes about as long;
  // but a reader that gets no CPU for as many times this as the ring has blocks (16) loses packets.
  std::chrono::milliseconds wake_after{1};
};

// The capture of one session between two barriers. Packets go to the store in the order of the
// ring; markers never do.
//
// On loopback a barrier is a marker that has come out of the ring. Another interface cannot be
// sent one without bothering a stranger's host; there the kernel's own count is the barrier. The
// kernel counts a packet at the moment in which it puts it into the ring, before it hands it on to
// the socket that it is for; so once as many have come out as it had counted, everything that any
// socket of this host has received until then has come out too. A packet of this host's own may
// still wait for its turn on the interface: those are waited for by the connections' ends, to
// which their acknowledgements belong.
class WatchedCapture : public PacketRecord {
 public:
  // Throws SystemError.
  explicit WatchedCapture(const WatchOptions& options);

  void start(std::chrono::milliseconds limit) override;
  int readable_fd() const override { return live_.selectable_fd(); }
  void drain() override;
  bool flush(std::chrono::milliseconds limit) override;
  // What the kernel captured behind the barrier (a late ACK) is counted and not stored; it is
  // waited for, at most `limit`, so that both counts speak of the same packets.
  CaptureCounts finish(std::chrono::milliseconds limit) override;
  bool is_full() const override { return left_out_ > 0; }

 private:
  bool await_barrier(std::chrono::milliseconds limit);
  bool is_settled(const LiveCounts& kernel) const;
  LiveCounts settle(std::chrono::milliseconds limit);
  template <class Done>
  bool drain_until(Done done, std::chrono::milliseconds limit);
  void take(const RawPacket& raw);

  std::optional<MarkerSocket> markers_;  // none: not on loopback
  LiveCapture live_;
  ForeignTraffic foreign_;
  std::optional<MarkerId> awaited_;  // reset when it comes out
  std::uint64_t left_out_ = 0;
  bool started_ = false;
  bool finished_ = false;
  bool flushed_ = false;
  std::uint64_t received_before_ = 0;  // the start marker and what came ahead of it
  std::uint64_t dropped_before_ = 0;
  std::uint64_t delivered_before_ = 0;
};

}  // namespace wireproof
