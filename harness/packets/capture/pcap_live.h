#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/system/system_call.h"
#include "base/text/time.h"
#include "packets/wire/packet.h"

struct pcap;

namespace wireproof {

struct LiveOptions {
  std::string interface = "lo";
  std::string filter;  // in libpcap's language; empty: everything
  // The kernel cuts it into blocks of 256 KiB and hands each over after `wake_after`, full or not:
  // a reader that gets no CPU for 32 of these loses packets.
  std::size_t ring_bytes = 8U << 20;
  std::size_t snaplen = 262144;             // whole packets
  std::chrono::milliseconds wake_after{1};  // a block that is not full is handed over after this
};

// No capture on this interface: without the right to, or there is no such interface.
class CaptureRefused : public SystemError {
 public:
  using SystemError::SystemError;
};

// pcap_stats: `received` passed the filter, drops included.
struct LiveCounts {
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;

  bool operator==(const LiveCounts&) const = default;
};

// At a time, more than the ring holds: who sends without end does not hold up who drains.
constexpr std::size_t kMostDrained = 65536;
constexpr std::size_t kMostDrainedBytes = std::size_t{16} << 20;

// A libpcap handle on an interface, with nanosecond stamps; on lo each packet is seen once. The
// ring packs packets (TPACKET_V3, not the immediate mode), so that nobody wakes per packet.
class LiveCapture {
 public:
  // Throws CaptureRefused, or SystemError for what comes after.
  explicit LiveCapture(const LiveOptions& options);
  ~LiveCapture();
  LiveCapture(const LiveCapture&) = delete;
  LiveCapture& operator=(const LiveCapture&) = delete;

  // Readable when packets wait. The handle owns it: do not close.
  int selectable_fd() const;
  // Hands over every packet that waits, and of those that come meanwhile no more than
  // kMostDrained or kMostDrainedBytes; their bytes are good during the call. Throws SystemError.
  std::size_t drain(const std::function<void(const RawPacket&)>& sink);
  LiveCounts counts() const;
  // Packets handed over since the handle was made.
  std::uint64_t delivered() const { return delivered_; }

 private:
  struct Close {
    void operator()(pcap* handle) const;
  };

  void activate(const LiveOptions& options);
  void set_filter(const std::string& filter);

  std::unique_ptr<pcap, Close> handle_;
  LinkType link_ = LinkType::ethernet;
  std::uint64_t delivered_ = 0;
};

}  // namespace wireproof
