#include "play/path/path_capture.h"

#include <cerrno>
#include <utility>

#include "base/system/system_call.h"

namespace wireproof {

PathCapture::PathCapture(PathDevices devices, PathRules rules)
    : forwarder_(std::move(devices), std::move(rules)) {}

void PathCapture::start(std::chrono::milliseconds limit) {
  if (!flush(limit)) throw SystemError("pass the start barrier of the path", ETIMEDOUT);
  started_ = true;
}

void PathCapture::drain() {
  for (const PassedPacket& passed : forwarder_.take()) {
    if (!started_ || finished_) continue;
    ++delivered_;
    RawPacket raw;
    raw.time = passed.time;
    raw.original_size = static_cast<std::uint32_t>(passed.bytes.size());
    raw.link = LinkType::raw_ip;
    raw.bytes = passed.bytes;
    raw.fate = passed.fate;
    raw.has_fate = true;
    if (!store(decode_packet(raw))) {
      ++left_out_;
      continue;
    }
    if (passed.fate == PacketFate::late && passed.number) late_[*passed.number] = passages_.size();
    passages_.push_back({passed.took});
  }
}

bool PathCapture::flush(std::chrono::milliseconds limit) {
  const Deadline deadline(limit);
  forwarder_.ask_barrier();
  while (!forwarder_.has_passed_barrier()) {
    drain();
    // A delay may be longer than anybody waits; what it holds back has been seen.
    if (deadline.is_over()) break;
    await_readable(forwarder_.readable_fd(), deadline, "wait for the path's packets");
  }
  flushed_ = forwarder_.has_entered();
  drain();
  return flushed_;
}

// What was to come behind the next packet did not come at all.
void PathCapture::lose_held() {
  for (const PathHeld& held : forwarder_.held()) {
    const auto found = late_.find(held.packet);
    if (found == late_.end()) continue;
    set_fate(found->second, PacketFate::lost);
    passages_[found->second].held_by = held.rule;
  }
}

CaptureCounts PathCapture::finish(std::chrono::milliseconds /*limit*/) {
  finished_ = true;
  lose_held();
  CaptureCounts counts;
  counts.start_marker = started_;
  counts.end_marker = flushed_;
  counts.left_out = left_out_ + forwarder_.left_out();
  counts.dropped = count_path_drops();
  counts.delivered = delivered_;
  counts.received = delivered_ + counts.dropped;
  return counts;
}

}  // namespace wireproof
