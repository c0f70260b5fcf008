#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/text/address.h"
#include "packets/capture/foreign_traffic.h"
#include "packets/capture/marker.h"
#include "packets/capture/pcap_live.h"
#include "packets/wire/packet.h"

namespace wireproof {

// What a capture can say for itself once it has ended (capture.md, soundness).
struct CaptureCounts {
  std::uint64_t delivered = 0;  // since the start marker; the end marker is included
  std::uint64_t received = 0;   // the same by the kernel's count, drops included
  std::uint64_t dropped = 0;
  std::uint64_t left_out = 0;          // not stored: the capture was full
  std::uint64_t foreign_left_out = 0;  // not stored: beside the sheet, and too much
  bool start_marker = false;           // or what stands for it
  bool end_marker = false;

  bool operator==(const CaptureCounts&) const = default;
};

// Why a capture with these counts proves nothing; empty: it is sound as far as counts can tell.
std::vector<std::string> find_capture_faults(const CaptureCounts& counts);

// A server that sends without end fills no more than this.
constexpr std::size_t kMostCapturedPackets = 200000;
constexpr std::size_t kMostCapturedBytes = std::size_t{128} << 20;

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
class WatchedCapture {
 public:
  // The packet as stored; good during the call.
  using Observer = std::function<void(const Packet&)>;

  // Throws SystemError.
  explicit WatchedCapture(const WatchOptions& options);

  // Returns once the start barrier is passed; earlier packets are forgotten.
  // Throws SystemError when it does not within `limit`.
  void start(std::chrono::milliseconds limit);
  int readable_fd() const { return live_.selectable_fd(); }
  // Takes over all packets that wait.
  void drain();
  // Every stored packet is shown to it from now on.
  void observe(Observer observer) { observer_ = std::move(observer); }
  // A barrier: takes over all that was captured until now. False when it was not passed within
  // `limit`.
  bool flush(std::chrono::milliseconds limit);
  // Ends the capture at the barrier of the last flush(). What the kernel captured behind it (a late
  // ACK) is counted and not stored; it is waited for, at most `limit`, so that both counts speak
  // of the same packets.
  CaptureCounts finish(std::chrono::milliseconds limit);

  const PacketStore& packets() const { return packets_; }
  // Whether packets were left out because there are too many. No barrier is waited for then.
  bool is_full() const { return left_out_ > 0; }

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
  PacketStore packets_;
  Observer observer_;
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
