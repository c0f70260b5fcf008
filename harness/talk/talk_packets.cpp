#include "talk/talk_packets.h"

#include <chrono>

#include "base/system/deadline.h"

namespace wireproof {
namespace {

// What was sent last comes out of the ring behind a marker; a ring that is stuck holds nobody up.
constexpr std::chrono::milliseconds kMarkerLimit{2000};

LiveOptions live_options(const std::string& interface, std::uint16_t port,
                         std::uint16_t marker_port) {
  LiveOptions options;
  options.interface = interface;
  options.filter =
      "tcp port " + std::to_string(port) + " or udp port " + std::to_string(marker_port);
  // All interfaces together show the loopback's packets on their way out and on their way in.
  if (interface != "lo") {
    options.filter =
        "(" + options.filter + ") and not (outbound and (src net 127 or src host ::1))";
  }
  return options;
}

CaptureTableForm table_form() {
  CaptureTableForm form;
  form.columns = {"No.", "Time", "Source", "Destination", "Info", "Payload"};
  return form;
}

}  // namespace

std::string talk_interface(const IpAddress& address) {
  const IpAddress plain = unmap_ipv4(address);
  constexpr std::uint8_t kLoopbackNet = 127;  // RFC 1122 §3.2.1.3
  if (plain.version == IpVersion::v4) return plain.bytes[0] == kLoopbackNet ? "lo" : "any";
  return plain == parse_ip_address("::1") ? "lo" : "any";
}

TalkPackets::TalkPackets(const std::string& interface, std::uint16_t port, std::ostream& out)
    : markers_({port}),
      live_(live_options(interface, port, markers_.port())),
      table_(table_form(), out) {
  // What came between opening and filtering went past the filter.
  live_.drain([](const RawPacket&) {});
  table_.flush();
}

void TalkPackets::take(const RawPacket& raw) {
  const Packet packet = decode_packet(raw);
  if (markers_.is_own(packet)) {
    if (awaited_ && MarkerSocket::carries(raw, *awaited_)) awaited_.reset();
  } else if (keeps_) {
    kept_.append(raw);
  } else if (is_shown(packet)) {
    table_.add(packet);
  }
}

bool TalkPackets::is_shown(const Packet& packet) const {
  const TcpHeader* const tcp = packet.tcp();
  if (tcp == nullptr) return false;
  if (!ends_) return true;
  const Endpoint from{packet.ip->source, tcp->source_port};
  const Endpoint to{packet.ip->destination, tcp->destination_port};
  return *ends_ == std::pair(from, to) || *ends_ == std::pair(to, from);
}

void TalkPackets::show_kept() {
  keeps_ = false;
  for (std::size_t index = 0; index < kept_.size(); ++index) {
    const Packet packet = decode_packet(kept_.at(index));
    if (is_shown(packet)) table_.add(packet);
  }
  table_.flush();
}

void TalkPackets::finish() {
  awaited_ = markers_.send();
  const Deadline deadline(kMarkerLimit);
  for (drain(); awaited_; drain()) {
    if (!await_readable(live_.selectable_fd(), deadline, "wait for captured packets")) break;
  }
  if (keeps_) show_kept();
}

}  // namespace wireproof
