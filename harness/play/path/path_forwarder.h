#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <queue>
#include <thread>
#include <vector>

#include "base/system/deadline.h"
#include "base/system/system_call.h"
#include "expect/path/path_rules.h"
#include "machine/path/path_devices.h"

namespace wireproof {

// A packet that entered the path, and what the rules made of it.
struct PassedPacket {
  Timestamp time{};
  PacketFate fate = PacketFate::arrived;
  Bytes bytes;                          // as it was sent: an IPv4 packet
  std::optional<std::uint64_t> number;  // as the rules count (PathHeld); none: it is the path's own
  std::optional<Duration> took;         // from end to end; none: that is not known
};

// The path at work: a thread that takes each packet from one device and hands it to the other, as
// the rules say. It is a thread of its own because the one that plays the session also waits for
// other things, and the packets shall not.
class PathForwarder {
 public:
  // Throws SystemError, or std::system_error where there can be no further thread.
  PathForwarder(PathDevices devices, PathRules rules);
  ~PathForwarder();
  PathForwarder(const PathForwarder&) = delete;
  PathForwarder& operator=(const PathForwarder&) = delete;

  // Readable while packets wait for take(), or once a barrier has been passed.
  int readable_fd() const { return news_.get(); }
  // In the order in which they entered.
  std::vector<PassedPacket> take();
  // How many could not be kept or handed over: more came than kMostCapturedPackets.
  std::uint64_t left_out() const { return left_out_; }

  // Asks for a barrier; it is passed once nothing that was sent before waits anywhere on the path,
  // nor what was sent in answer to it.
  void ask_barrier();
  bool has_passed_barrier() const { return passed_ >= asked_; }
  // Whether all that was sent before it has entered the path, though some may wait there yet.
  bool has_entered() const { return entered_ >= asked_; }

  // What each rule did so far.
  std::vector<PathUse> uses() const;
  // What its rules hold back until more comes: by PassedPacket::number.
  std::vector<PathHeld> held() const;

 private:
  struct Due {
    Duration at{};
    std::uint64_t number = 0;  // in the order of the packets, where they come out at one time
    PathDelivery delivery;

    bool operator>(const Due& other) const {
      return at != other.at ? at > other.at : number > other.number;
    }
  };

  void run(std::mutex& working);
  bool await_work(std::mutex& working) const;
  bool read_packets(Side side);
  void pass(ByteView bytes, Side from);
  void note(PassedPacket packet);
  bool deliver_due();
  Duration now() const { return Deadline::Clock::now() - begun_; }
  const UniqueFd& device(Side side) const {
    return side == Side::client ? devices_.client : devices_.server;
  }

  PathDevices devices_;
  PathRules rules_;
  const Deadline::Clock::time_point begun_ = Deadline::Clock::now();
  UniqueFd end_;   // eventfd: readable when the thread shall end
  UniqueFd asks_;  // eventfd: a barrier is asked for
  UniqueFd news_;  // eventfd: see readable_fd()
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::uint64_t delivery_count_ = 0;
  std::uint64_t entered_count_ = 0;  // packets
  Bytes buffer_;
  mutable std::mutex taking_;  // of what follows
  std::vector<PassedPacket> passed_packets_;
  std::vector<PathUse> uses_;
  std::vector<PathHeld> held_;
  std::atomic<std::uint64_t> left_out_ = 0;
  std::atomic<std::uint64_t> asked_ = 0;
  std::atomic<std::uint64_t> passed_ = 0;
  std::atomic<std::uint64_t> entered_ = 0;
  std::atomic<bool> is_running_ = false;
  std::thread thread_;
};

}  // namespace wireproof
