#include "play/stage/stage_capture.h"

#include <fmt/format.h>

#include <cerrno>

#include "base/system/deadline.h"
#include "base/system/system_call.h"
#include "judge/traffic/traffic.h"
#include "play/stage/loopback_place.h"

namespace wireproof {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kMarkerLimit{5000};
constexpr Milliseconds kSilence{250};

constexpr const char* kRemedy =
    " for packets of a server that runs already: that takes CAP_NET_RAW (`sudo setcap "
    "cap_net_raw+ep PROGRAM`, or root); --no-capture judges the sessions alone";

std::unique_ptr<WatchedCapture> open_capture(const CaptureRequest& request) {
  WatchOptions options;
  options.wake_after = request.wake_after;
  for (const auto* const ports : {&request.served.tcp, &request.served.udp}) {
    options.server_ports.insert(options.server_ports.end(), ports->begin(), ports->end());
  }
  if (request.own_net) {
    options.only_net =
        fmt::format("{}/{}", render_ip_address(*request.own_net), LoopbackPlace::kPrefixBits);
    options.only_ports = request.own_ports;
    return std::make_unique<WatchedCapture>(options);
  }
  const bool is_shared = request.shares_loopback || request.running;
  if (is_shared && !request.served.answers_from_other_ports) {
    options.only_ports = options.server_ports;
  }
  if (!request.running) return std::make_unique<WatchedCapture>(options);
  options.only_host = request.running;
  return open_running_capture(options, request.route);
}

}  // namespace

std::unique_ptr<WatchedCapture> open_running_capture(WatchOptions options, const Route& route) {
  options.interface = route.interface;
  try {
    return std::make_unique<WatchedCapture>(options);
  } catch (const SystemError& error) {
    if (error.code().value() == EPERM) {
      throw SystemError("capture on " + route.interface + kRemedy, EPERM);
    }
    if (route.interface == "lo") throw;
  }
  options.interface = "any";
  return std::make_unique<WatchedCapture>(options);
}

StageCapture::StageCapture(const CaptureRequest& request)
    : StageCapture(request, open_capture(request)) {}

StageCapture::StageCapture(const CaptureRequest& request, std::unique_ptr<PacketRecord> record)
    : ports_(request.ports),
      is_shared_(request.running.has_value()),
      capture_(std::move(record)),
      any_udp_port_(request.served.answers_from_other_ports),
      connections_(request.served.tcp) {
  capture_->observe([this](const Packet& packet) { see(packet); });
}

void StageCapture::start() {
  capture_->start(kMarkerLimit);
}

void StageCapture::see(const Packet& packet) {
  if (is_shared_ && (!own_ || !own_->has(packet))) return;
  // What the path lost or spoilt ends no connection: it is sent again.
  if (has_arrived(packet.raw.fate)) connections_.see(packet);
  const UdpHeader* const udp = packet.udp();
  if (udp == nullptr) return;
  if (any_udp_port_ || udp->source_port == ports_.udp) ++answers_by_udp_;
  if (any_udp_port_ || udp->destination_port == ports_.udp) was_asked_by_udp_ = true;
}

// What was captured until now could not be told from other clients' packets yet.
void StageCapture::find_own_traffic(const std::vector<ActorEndpoint>& actors) {
  capture_->drain();
  own_.emplace(actors);
  for (const Packet& packet : capture_->packets().decode_all()) see(packet);
}

bool StageCapture::await_answer(const End& end, Duration limit) const {
  const std::size_t before = answers_by_udp_;
  return end.await([&] { return answers_by_udp_ > before || capture_->is_full(); }, limit);
}

// UDP has no end on the wire. A second reply would come while the server still works on the
// datagram, so its work is waited for; one that is always busy is left at the sheet's timeout.
//
// A server that cannot be seen does not show whether it still works on a datagram. What it says
// after so long a silence is not captured: that may hide an answer too many, and never makes a
// failure of a right one.
void StageCapture::await_datagrams(const End& end) {
  end.server.await_rest(std::chrono::ceil<Milliseconds>(end.timeout));
  if (end.server.process() != 0) return;
  const Deadline deadline(end.timeout);
  while (await_answer(end, kSilence) && !capture_->is_full() && !deadline.is_over()) continue;
}

void StageCapture::await_late_datagram(const End& end) {
  capture_->flush(kMarkerLimit);
  if (was_asked_by_udp_) await_answer(end, end.timeout);
}

// Only behind a marker has the watch seen every connection that was opened: before it, a SYN may
// still wait in the ring. Where all have ended by then, nothing more can follow.
bool StageCapture::await_connections(const End& end) {
  capture_->flush(kMarkerLimit);
  if (connections_.all_ended()) return true;
  const auto is_over = [this] { return connections_.all_ended() || capture_->is_full(); };
  const bool is_in_time = end.await(is_over, end.timeout);
  if (!is_in_time) end.on_time_out();
  const bool have_ended = is_in_time && connections_.all_ended();
  capture_->flush(kMarkerLimit);
  return have_ended;
}

// capture.md: a marker alone would miss what a server process has yet to send.
Soundness StageCapture::finish(const PlayedSession& played, const End& end) {
  if (is_shared_) find_own_traffic(played.actors);
  if (ports_.udp != 0) {
    await_datagrams(end);
    if (played.timed_out) await_late_datagram(end);
  }
  connections_ended_ = await_connections(end);
  const CaptureCounts counts = capture_->finish(kMarkerLimit);
  foreign_left_out_ = counts.foreign_left_out;
  Soundness soundness = judge_soundness(counts);
  if (!is_shared_) return soundness;
  own_packets_ = keep_own_traffic(capture_->packets(), played.actors);
  return soundness;
}

}  // namespace wireproof
