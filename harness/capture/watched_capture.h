#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "capture/marker.h"
#include "capture/pcap_live.h"
#include "wire/packet_store.h"

namespace wireproof {

// What a capture can say for itself once it has ended (capture.md, soundness).
struct CaptureCounts {
  std::uint64_t delivered = 0;  // since the start marker; the end marker is included
  std::uint64_t received = 0;   // the same by the kernel's count, drops included
  std::uint64_t dropped = 0;
  bool start_marker = false;
  bool end_marker = false;

  bool operator==(const CaptureCounts&) const = default;
};

// Why a capture with these counts proves nothing; empty: it is sound as far as counts can tell.
std::vector<std::string> find_capture_faults(const CaptureCounts& counts);

struct WatchOptions {
  // Ports whose traffic is wanted on a loopback shared with others; empty: everything.
  std::vector<std::uint16_t> only_ports;
  std::vector<std::uint16_t> server_ports;  // the marker's port is none of them
};

// The capture of one session between two barriers. Packets go to the store in the order of the
// ring; markers never do.
class WatchedCapture {
 public:
  // The packet as stored; good during the call.
  using Observer = std::function<void(const Packet&)>;

  // Throws SystemError.
  explicit WatchedCapture(const WatchOptions& options);

  // Returns once the start marker has come out of the ring; earlier packets are forgotten.
  // Throws SystemError when it does not within `limit`.
  void start(std::chrono::milliseconds limit);
  int readable_fd() const { return live_.selectable_fd(); }
  // Takes over all packets that wait.
  void drain();
  // Every stored packet is shown to it from now on.
  void observe(Observer observer) { observer_ = std::move(observer); }
  // Sends a marker and takes over all that comes out before it: what was sent until now. False
  // when the marker did not come out within `limit`.
  bool flush(std::chrono::milliseconds limit);
  // Ends the capture at the marker of the last flush(). What the kernel captured behind it (a late
  // ACK) is counted and not stored; it is waited for, at most `limit`, so that both counts speak
  // of the same packets.
  CaptureCounts finish(std::chrono::milliseconds limit);

  const PacketStore& packets() const { return packets_; }

 private:
  bool await_marker(const MarkerId& id, std::chrono::milliseconds limit);
  LiveCounts settle(std::chrono::milliseconds limit);
  template <class Done>
  bool drain_until(Done done, std::chrono::milliseconds limit);
  void take(const RawPacket& raw);

  MarkerSocket markers_;
  LiveCapture live_;
  PacketStore packets_;
  Observer observer_;
  std::optional<MarkerId> awaited_;  // reset when it comes out
  bool started_ = false;
  bool finished_ = false;
  bool flushed_ = false;
  std::uint64_t received_before_ = 0;  // the start marker and what came ahead of it
  std::uint64_t delivered_before_ = 0;
};

}  // namespace wireproof
