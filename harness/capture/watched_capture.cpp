#include "capture/watched_capture.h"

#include <poll.h>

#include <cerrno>

#include "base/system_call.h"

namespace wireproof {
namespace {

// On a loopback shared with others libpcap may have dropped what came before the filter.
constexpr std::chrono::milliseconds kStartSettleLimit{100};

// ICMP errors about the server's ports cannot be picked by port: all ICMP is taken.
std::string build_filter(const std::vector<std::uint16_t>& ports, std::uint16_t marker_port) {
  if (ports.empty()) return "";
  std::string filter = "icmp or icmp6 or udp port " + std::to_string(marker_port);
  for (const std::uint16_t port : ports) filter += " or port " + std::to_string(port);
  return filter;
}

LiveOptions live_options(const WatchOptions& options, std::uint16_t marker_port) {
  LiveOptions live;
  live.filter = build_filter(options.only_ports, marker_port);
  return live;
}

}  // namespace

std::vector<std::string> find_capture_faults(const CaptureCounts& counts) {
  std::vector<std::string> faults;
  if (!counts.start_marker) faults.push_back("the start marker did not come out of the capture");
  if (!counts.end_marker) faults.push_back("the end marker did not come out of the capture");
  if (counts.dropped != 0) {
    faults.push_back("the kernel dropped " + std::to_string(counts.dropped) + " of " +
                     std::to_string(counts.received) + " packets");
  }
  if (counts.delivered != counts.received - counts.dropped) {
    faults.push_back("the kernel counted " + std::to_string(counts.received) + " packets and " +
                     std::to_string(counts.delivered) + " came out of the capture");
  }
  return faults;
}

WatchedCapture::WatchedCapture(const WatchOptions& options)
    : markers_(options.server_ports), live_(live_options(options, markers_.port())) {
  // What came between opening and filtering went past the filter.
  live_.drain([](const RawPacket&) {});
}

void WatchedCapture::start(std::chrono::milliseconds limit) {
  if (!await_marker(markers_.send(), limit)) {
    throw SystemError("see the start marker in the capture", ETIMEDOUT);
  }
  const LiveCounts kernel = settle(kStartSettleLimit);
  started_ = true;
  received_before_ = kernel.received;
  delivered_before_ = live_.delivered();
}

void WatchedCapture::drain() {
  live_.drain([this](const RawPacket& raw) { take(raw); });
}

bool WatchedCapture::flush(std::chrono::milliseconds limit) {
  flushed_ = await_marker(markers_.send(), limit);
  return flushed_;
}

CaptureCounts WatchedCapture::finish(std::chrono::milliseconds limit) {
  finished_ = true;
  CaptureCounts counts;
  counts.start_marker = started_;
  counts.end_marker = flushed_;
  const LiveCounts kernel = settle(limit);
  counts.received = kernel.received - received_before_;
  counts.dropped = kernel.dropped;
  counts.delivered = live_.delivered() - delivered_before_;
  return counts;
}

// The kernel counts a packet when it enters the ring, which hands it on later.
LiveCounts WatchedCapture::settle(std::chrono::milliseconds limit) {
  LiveCounts kernel;
  drain_until(
      [&] {
        kernel = live_.counts();
        return live_.delivered() >= kernel.received - kernel.dropped;
      },
      limit);
  return kernel;
}

bool WatchedCapture::await_marker(const MarkerId& id, std::chrono::milliseconds limit) {
  awaited_ = id;
  return drain_until([this] { return !awaited_.has_value(); }, limit);
}

template <class Done>
bool WatchedCapture::drain_until(Done done, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    drain();
    if (done()) return true;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd entry{live_.selectable_fd(), POLLIN, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) throw SystemError("wait for captured packets", errno);
  }
}

void WatchedCapture::take(const RawPacket& raw) {
  const Packet packet = decode_packet(raw);
  if (markers_.is_own(packet)) {
    if (awaited_ && MarkerSocket::carries(packet, *awaited_)) awaited_.reset();
    return;
  }
  if (!started_ || finished_) return;
  packets_.append(raw);
  if (observer_) observer_(packet);
}

}  // namespace wireproof
