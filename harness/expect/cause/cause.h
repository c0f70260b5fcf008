#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "packets/flow/socket_call.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

// Who did something: calls of one side by their names ("send"), each once, in the order in which
// they did it; or that side's kernel by itself; or nobody.
struct Doers {
  bool kernel = false;
  std::vector<std::string> calls;  // empty with `kernel`

  bool empty() const { return !kernel && calls.empty(); }
  bool operator==(const Doers&) const = default;
};

// What is known of a cause beside the calls' names. The words are in result/packet_line.h.
enum class CauseFactKind : std::uint8_t {
  // why the kernel sent something
  retransmission_timer,
  inside_connect,   // the client's connect had not returned
  socket_gone,      // what is answered is after its end
  never_accepted,   // for the listening socket; no accept took the connection
  nothing_listens,  // on the TCP port
  port_unbound,     // of UDP: no socket is bound to it
  // why a close sent RST
  listener_closed,  // the listening socket's, before the connection was accepted
  linger_zero,      // SO_LINGER is on with 0 seconds
  unread_bytes,     // count
  answers_closed,   // packet: came for a socket that was closed
  // when a call's bytes or end left
  several_calls,    // count: calls whose bytes are in the packet
  sent_after,       // time since the call had returned
  released_by_ack,  // packet: whose ACK let it go, after the call had returned
  held_by_other,    // process closed before, but holder still had the socket
  segmented,        // UDP_SEGMENT: one send call became count datagrams of `total` bytes
  urgent_byte,      // the last byte is urgent, and outside of the stream (SO_OOBINLINE is off)
  // what the call that took a datagram left behind
  cut,  // count bytes of `total` were taken, the rest is gone
  // whose wait it ended
  already_waiting,  // time since the call was entered
  called_later      // time until the call was entered
};

struct CauseFact {
  CauseFactKind kind = CauseFactKind::retransmission_timer;
  // What the kind says that it has; else 0.
  std::uint64_t count = 0;
  std::size_t packet = 0;  // index in the capture, from 0
  Duration time{};
  std::int64_t process = 0;
  std::int64_t holder = 0;  // a process
  std::uint64_t total = 0;  // bytes

  bool operator==(const CauseFact&) const = default;
};

// calls.md: which call caused a packet, and whose wait it can end. `…_inferred` values come from
// the packets alone and are printed in parentheses.
struct Cause {
  Doers call;
  bool call_inferred = false;
  Side side = Side::client;  // whose call it is
  Doers blocked;
  bool blocked_inferred = false;
  std::vector<CauseFact> facts;
  // Indexes into the calls, ascending: those that it came from, and those that took what it
  // carried (bytes, an end, a connection) with the wait call that had found it. Not of what was
  // inferred. A call that only peeked took nothing, but may have been waiting.
  std::vector<std::size_t> causing_calls;
  std::vector<std::size_t> taking_calls;

  bool operator==(const Cause&) const = default;
};

// One Cause per segment of the connection. `calls` may hold calls of either side, of this
// connection or others; a side without calls is inferred from the packets.
std::vector<Cause> infer_causes(const TcpConnection& connection, std::span<const SocketCall> calls);
// All exchanges of a capture together, one list for each: a socket may take part in several.
std::vector<std::vector<Cause>> infer_causes(std::span<const UdpExchange> exchanges,
                                             std::span<const SocketCall> calls);

// Whether the call that was to take what arrived waited for it, or was made later.
CauseFact waiting_fact(const SocketCall& call, Timestamp arrived);

// What one call has to do with packets: indexes into the capture, ascending.
struct CallPackets {
  std::vector<std::size_t> caused;  // that left because of it
  std::vector<std::size_t> taken;   // whose bytes, end or connection it took, or waited for

  bool operator==(const CallPackets&) const = default;
};

// The join of calls.md from the calls' side: one entry per call. `causes` holds what
// infer_causes() said of each packet by its index in the capture, all for the same list of
// `call_count` calls.
std::vector<CallPackets> join_packets(const std::map<std::size_t, Cause>& causes,
                                      std::size_t call_count);

}  // namespace wireproof
