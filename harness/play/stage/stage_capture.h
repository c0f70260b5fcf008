#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "judge/traffic/own_traffic.h"
#include "machine/host/network.h"
#include "packets/capture/watched_capture.h"
#include "packets/flow/connection_watch.h"
#include "play/client/player.h"
#include "play/stage/stage_plan.h"
#include "play/stage/stage_server.h"

namespace wireproof {

// Watches the interface of the route; `any` where that one cannot be captured on alone. Throws
// SystemError, which says what mends it where the right is missing.
std::unique_ptr<WatchedCapture> open_running_capture(WatchOptions options, const Route& route);

struct CaptureRequest {
  ServerPorts ports;             // the server's
  ServedPorts served;            // and those of actors
  bool shares_loopback = false;  // only the server's ports are captured
  // On such a one, where not only the session's: all with these addresses instead, and with these
  // ports.
  std::optional<IpAddress> own_net;
  std::vector<std::uint16_t> own_ports{};
  std::optional<IpAddress> running;         // of a server that runs already
  Route route;                              // to it
  std::chrono::milliseconds wake_after{1};  // see WatchOptions
};

// The capture of one session between two barriers. Of what a server that runs already says, only
// the session's own packets count; they are known once the session's ports are.
class StageCapture {
 public:
  // Of a loopback or of a route. Throws SystemError.
  explicit StageCapture(const CaptureRequest& request);
  // Of packets that somebody else takes note of.
  StageCapture(const CaptureRequest& request, std::unique_ptr<PacketRecord> record);
  StageCapture(const StageCapture&) = delete;
  StageCapture& operator=(const StageCapture&) = delete;

  int readable_fd() const { return capture_->readable_fd(); }
  // The start barrier: what came before it is forgotten. Throws SystemError.
  void start();
  // Takes over what was captured.
  void drain() { capture_->drain(); }

  // What the end barrier needs.
  struct End {
    StageServer& server;
    Duration timeout;  // the sheet's: of each wait
    // Drains until the condition holds; false: not within the limit.
    std::function<bool(const std::function<bool()>& holds, Duration limit)> await;
    // A connection did not end within the limit.
    std::function<void()> on_time_out;
  };
  // The end barrier: waits until the server has nothing left to do for any datagram and every
  // connection has ended on the wire, and for the end marker. After a step that ran out of time an
  // answer over UDP that is only late is waited for as well.
  Soundness finish(const PlayedSession& played, const End& end);

  // Once it is finished: packets that no row can speak of and that are not kept.
  std::uint64_t foreign_left_out() const { return foreign_left_out_; }
  // False when the sheet's timeout ended the wait for a connection's end.
  bool connections_ended() const { return connections_ended_; }
  // Once it is finished.
  const PacketStore& packets() const { return is_shared_ ? own_packets_ : capture_->packets(); }

 private:
  void see(const Packet& packet);
  void find_own_traffic(const std::vector<ActorEndpoint>& actors);
  bool await_answer(const End& end, Duration limit) const;
  void await_datagrams(const End& end);
  void await_late_datagram(const End& end);
  bool await_connections(const End& end);

  ServerPorts ports_;
  bool is_shared_;  // with other clients of the server
  std::unique_ptr<PacketRecord> capture_;
  bool any_udp_port_;  // answers may come from any
  ConnectionWatch connections_;
  std::size_t answers_by_udp_ = 0;  // captured
  bool was_asked_by_udp_ = false;
  std::optional<OwnTraffic> own_;  // none: the session's ports are not all known yet
  PacketStore own_packets_;
  bool connections_ended_ = true;
  std::uint64_t foreign_left_out_ = 0;
};

}  // namespace wireproof
