#pragma once

#include <map>

#include "expect/path/path_passage.h"
#include "packets/capture/packet_record.h"
#include "play/path/path_forwarder.h"

namespace wireproof {

// The packets of a session that go over a path: all that either side sends to the other, whether
// they arrive or not, each with its fate. The path itself sees every one of them, so that none can
// be missing but what the kernel dropped before it, which it counts.
class PathCapture : public PacketRecord {
 public:
  // Throws SystemError.
  PathCapture(PathDevices devices, PathRules rules);

  void start(std::chrono::milliseconds limit) override;
  int readable_fd() const override { return forwarder_.readable_fd(); }
  void drain() override;
  bool flush(std::chrono::milliseconds limit) override;
  CaptureCounts finish(std::chrono::milliseconds limit) override;
  bool is_full() const override { return left_out_ > 0; }

  std::vector<PathUse> uses() const { return forwarder_.uses(); }
  // Of each of packets(), once it is finished.
  const std::vector<PathPassage>& passages() const { return passages_; }

 private:
  void lose_held();

  PathForwarder forwarder_;
  std::uint64_t delivered_ = 0;
  std::uint64_t left_out_ = 0;
  std::map<std::uint64_t, std::size_t> late_;  // by number: its place
  std::vector<PathPassage> passages_;
  bool started_ = false;
  bool finished_ = false;
  bool flushed_ = false;
};

}  // namespace wireproof
