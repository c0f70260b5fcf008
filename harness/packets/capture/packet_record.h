#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

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

// A server that sends without end fills no more than this.
constexpr std::size_t kMostCapturedPackets = 200000;
constexpr std::size_t kMostCapturedBytes = std::size_t{128} << 20;

// The packets of one session between two barriers, wherever they are taken from. They go to the
// store in the order in which they came.
class PacketRecord {
 public:
  // The packet as stored; good during the call.
  using Observer = std::function<void(const Packet&)>;

  PacketRecord() = default;
  PacketRecord(const PacketRecord&) = delete;
  PacketRecord& operator=(const PacketRecord&) = delete;
  virtual ~PacketRecord() = default;

  // Returns once the start barrier is passed; earlier packets are forgotten.
  // Throws SystemError when it does not within `limit`.
  virtual void start(std::chrono::milliseconds limit) = 0;
  virtual int readable_fd() const = 0;
  // Takes over all packets that wait.
  virtual void drain() = 0;
  // A barrier: takes over all that was sent until now. False when it was not passed within `limit`.
  virtual bool flush(std::chrono::milliseconds limit) = 0;
  // Ends the record at the barrier of the last flush().
  virtual CaptureCounts finish(std::chrono::milliseconds limit) = 0;
  // Whether packets were left out because there are too many. No barrier is waited for then.
  virtual bool is_full() const = 0;

  // Every stored packet is shown to it from now on.
  void observe(Observer observer) { observer_ = std::move(observer); }
  const PacketStore& packets() const { return packets_; }

 protected:
  // False where there is no room left for it.
  bool store(const Packet& packet) {
    if (packets_.size() >= kMostCapturedPackets || packets_.byte_count() >= kMostCapturedBytes) {
      return false;
    }
    packets_.append(packet.raw);
    if (observer_) observer_(packet);
    return true;
  }
  void set_fate(std::size_t index, PacketFate fate) { packets_.set_fate(index, fate); }

 private:
  PacketStore packets_;
  Observer observer_;
};

}  // namespace wireproof
