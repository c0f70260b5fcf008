#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/system/socket_address.h"
#include "expect/cause/cause.h"
#include "expect/cause/connection_calls.h"

namespace wireproof {

// Who waited for whom in one connection: facts for its story.

// A connection whose client has completed the handshake, so that it waited for accept.
struct QueuedConnection {
  Endpoint server;
  Timestamp complete{};
  std::optional<Timestamp> accepted;  // none: by no call that is known
};
std::vector<QueuedConnection> list_queued(std::span<const TcpConnection> connections,
                                          std::span<const SocketCall> calls);

// The kernel dropped a connection's SYN: more connections waited for accept than listen() allows
// (listen(2), Linux: sk_acceptq_is_full).
struct FullQueue {
  std::size_t backlog = 0;  // of listen(), as far as net.core.somaxconn allows it
  std::size_t waiting = 0;  // when the first SYN was dropped
  std::size_t dropped = 0;  // SYNs

  bool operator==(const FullQueue&) const = default;
};
// `queued` are all of the capture, `sockets` those of the server's port. Nothing where the SYN was
// answered at once, and where the queue had room.
std::optional<FullQueue> find_full_queue(const TcpConnection& connection,
                                         std::span<const QueuedConnection> queued,
                                         std::span<const SocketEntry> sockets);

// Both sides were in calls that wait for something of the other.
struct MutualWait {
  const SocketCall* client = nullptr;  // never null; of the list of calls
  const SocketCall* server = nullptr;
  // The side whose call got nothing within its time, and how long both had waited; none: they
  // waited still when the list was made.
  std::optional<Side> gave_up;
  Duration lasted{};
};
std::optional<MutualWait> find_mutual_wait(const std::array<SideCalls, 2>& sides,
                                           std::span<const SocketCall> calls);

// Sends of a side whose bytes left only with the ACK of what it had sent before, 10 ms later or
// more (Nagle's algorithm, RFC 9293 §3.7.4).
struct HeldBack {
  std::size_t count = 0;  // of packets
  Duration shortest{};
  Duration longest{};
};
HeldBack find_held_back(const TcpConnection& connection, std::span<const Cause> causes,
                        std::span<const SocketCall> calls, Side from);

// A side's window was closed (RFC 9293 §3.8.6): the one time that lasts still, else the longest, of
// 10 ms or more.
struct ClosedWindow {
  std::size_t from_packet = 0;              // index in the capture
  std::optional<std::size_t> until_packet;  // none: it stayed closed
  Duration lasted{};                        // with `until_packet`
};
std::optional<ClosedWindow> find_closed_window(const TcpConnection& connection, Side reader);

}  // namespace wireproof
