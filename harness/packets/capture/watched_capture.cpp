#include "packets/capture/watched_capture.h"

#include <fmt/format.h>

#include <cerrno>

#include "base/system/deadline.h"
#include "base/system/system_call.h"

namespace wireproof {
namespace {

// On a loopback shared with others libpcap may have dropped what came before the filter.
constexpr std::chrono::milliseconds kStartSettleLimit{100};

// Of ICMP errors at other addresses only those about these ports: behind the IPv4 header without
// options that they quote (RFC 792).
std::string build_net_filter(const WatchOptions& options,
                             std::optional<std::uint16_t> marker_port) {
  std::string filter = "net " + options.only_net;
  for (const std::uint16_t port : options.only_ports) {
    filter +=
        fmt::format(" or port {0} or (icmp and (icmp[28:2] = {0} or icmp[30:2] = {0}))", port);
  }
  if (marker_port) filter += " or udp port " + std::to_string(*marker_port);
  return filter;
}

// ICMP errors about the server's ports cannot be picked by port: all ICMP is taken. Nor can
// answers from another port than the asked one, nor the later fragments of a datagram (RFC 791
// §3.2): of a single host all UDP is taken.
std::string build_filter(const WatchOptions& options, std::optional<std::uint16_t> marker_port) {
  if (!options.only_net.empty()) return build_net_filter(options, marker_port);
  if (options.only_ports.empty() && !options.only_host) return "";
  std::string filter = "icmp or icmp6";
  if (options.only_host) filter += " or udp";
  for (const std::uint16_t port : options.only_ports) filter += " or port " + std::to_string(port);
  if (options.only_host) {
    filter = "host " + render_ip_address(*options.only_host) + " and (" + filter + ")";
  }
  if (marker_port) filter += " or udp port " + std::to_string(*marker_port);
  return filter;
}

LiveOptions live_options(const WatchOptions& options, const std::optional<MarkerSocket>& markers) {
  LiveOptions live;
  live.interface = options.interface;
  live.wake_after = options.wake_after;
  std::optional<std::uint16_t> marker_port;
  if (markers) marker_port = markers->port();
  live.filter = build_filter(options, marker_port);
  return live;
}

std::optional<MarkerSocket> open_markers(const WatchOptions& options) {
  std::optional<MarkerSocket> markers;
  if (options.interface == "lo") markers.emplace(options.server_ports);
  return markers;
}

}  // namespace

std::vector<std::string> find_capture_faults(const CaptureCounts& counts) {
  std::vector<std::string> faults;
  if (counts.left_out != 0) {
    // Nothing was waited for then: the counts below say no more.
    return {"more than " + std::to_string(kMostCapturedPackets) + " packets or " +
            std::to_string(kMostCapturedBytes >> 20) + " MiB came, the last " +
            std::to_string(counts.left_out) + " were left out"};
  }
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
    : markers_(open_markers(options)),
      live_(live_options(options, markers_)),
      foreign_(options.server_ports) {
  // What came between opening and filtering went past the filter.
  live_.drain([](const RawPacket&) {});
}

void WatchedCapture::start(std::chrono::milliseconds limit) {
  if (!await_barrier(limit)) throw SystemError("see the start marker in the capture", ETIMEDOUT);
  const LiveCounts kernel = settle(kStartSettleLimit);
  started_ = true;
  received_before_ = kernel.received;
  dropped_before_ = kernel.dropped;
  delivered_before_ = live_.delivered();
}

void WatchedCapture::drain() {
  live_.drain([this](const RawPacket& raw) { take(raw); });
}

bool WatchedCapture::flush(std::chrono::milliseconds limit) {
  flushed_ = await_barrier(limit);
  return flushed_;
}

CaptureCounts WatchedCapture::finish(std::chrono::milliseconds limit) {
  finished_ = true;
  CaptureCounts counts;
  counts.start_marker = started_;
  counts.end_marker = flushed_;
  counts.left_out = left_out_;
  counts.foreign_left_out = foreign_.left_out();
  const LiveCounts kernel = settle(limit);
  counts.received = kernel.received - received_before_;
  counts.dropped = kernel.dropped - dropped_before_;
  counts.delivered = live_.delivered() - delivered_before_;
  return counts;
}

// Whether as much has come out since the start as the kernel had put in by these counts.
bool WatchedCapture::is_settled(const LiveCounts& kernel) const {
  return live_.delivered() - delivered_before_ + kernel.dropped - dropped_before_ >=
         kernel.received - received_before_;
}

// The kernel counts a packet when it enters the ring, which hands it on later.
LiveCounts WatchedCapture::settle(std::chrono::milliseconds limit) {
  LiveCounts kernel;
  drain_until(
      [&] {
        kernel = live_.counts();
        return is_settled(kernel);
      },
      limit);
  return kernel;
}

bool WatchedCapture::await_barrier(std::chrono::milliseconds limit) {
  if (!markers_) {
    if (!started_) return true;  // the filter is set: what comes from now on is captured
    const LiveCounts kernel = live_.counts();
    return drain_until([&] { return is_settled(kernel); }, limit);
  }
  std::uint64_t dropped_before = 0;
  const auto send_marker = [&] {
    dropped_before = live_.counts().dropped;
    awaited_ = markers_->send();
  };
  send_marker();
  return drain_until(
      [&] {
        if (!awaited_) return true;
        // The ring was full, and the marker may be among what was dropped.
        if (live_.counts().dropped != dropped_before) send_marker();
        return false;
      },
      limit);
}

template <class Done>
bool WatchedCapture::drain_until(Done done, std::chrono::milliseconds limit) {
  const Deadline deadline(limit);
  for (;;) {
    drain();
    if (done()) return true;
    if (is_full() || deadline.is_over()) return false;
    await_readable(live_.selectable_fd(), deadline, "wait for captured packets");
  }
}

void WatchedCapture::take(const RawPacket& raw) {
  if (awaited_ && MarkerSocket::carries(raw, *awaited_)) awaited_.reset();
  // Nothing else is wanted yet, so nothing is decoded: others' traffic may be fast.
  if (!started_) return;
  const Packet packet = decode_packet(raw);
  if (markers_ && markers_->is_own(packet)) return;
  if (finished_ || !foreign_.keeps(packet)) return;
  if (!store(packet)) ++left_out_;
}

}  // namespace wireproof
