#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "base/text/address.h"
#include "packets/capture/marker.h"
#include "packets/capture/pcap_live.h"
#include "packets/wire/packet.h"
#include "report/capture/capture_table.h"

namespace wireproof {

// The packets of one TCP connection as rows of a table, while they come. Which connection of the
// port it is, is known once it is there: what was captured before is kept until then.
class TalkPackets {
 public:
  // Captures the TCP packets of `port` from now on. Throws SystemError where that is not allowed.
  TalkPackets(const std::string& interface, std::uint16_t port, std::ostream& out);

  int readable_fd() const { return live_.selectable_fd(); }
  // Shows what was captured.
  void drain() {
    live_.drain([this](const RawPacket& raw) { take(raw); });
    table_.flush();
  }
  // The connection whose packets are shown.
  void show(const Endpoint& one, const Endpoint& other) {
    ends_.emplace(one, other);
    drain();
    show_kept();
  }
  // Shows all that was sent until now, without a connection every packet of the port.
  void finish();

 private:
  void take(const RawPacket& raw);
  void show_kept();
  bool is_shown(const Packet& packet) const;

  MarkerSocket markers_;
  LiveCapture live_;
  CaptureTable table_;
  PacketStore kept_;
  std::optional<std::pair<Endpoint, Endpoint>> ends_;
  bool keeps_ = true;
  std::optional<MarkerId> awaited_;  // reset when it comes out
};

// Where the packets to or from an address can be captured: "lo", or "any" for all interfaces.
std::string talk_interface(const IpAddress& address);

}  // namespace wireproof
