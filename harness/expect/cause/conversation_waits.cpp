#include "expect/cause/conversation_waits.h"

#include <algorithm>
#include <cerrno>
#include <map>

#include "expect/cause/call_facts.h"

namespace wireproof {
namespace {

constexpr Duration kLongWait = std::chrono::seconds(1);    // the patience of a program
constexpr Duration kTold = std::chrono::milliseconds(10);  // less than any delayed ACK

// The client's first segment behind the server's SYN (RFC 9293 §3.5).
std::optional<Timestamp> handshake_end(const TcpConnection& connection) {
  bool answered = false;
  for (const Segment& segment : connection.segments) {
    if (segment.from == Side::server) {
      answered = answered || segment.has(tcp_flag::kSyn);
    } else if (answered && segment.has(tcp_flag::kAck)) {
      return segment.time;
    }
  }
  return std::nullopt;
}

std::size_t count_waiting(std::span<const QueuedConnection> queued, const Endpoint& server,
                          Timestamp time) {
  return static_cast<std::size_t>(std::ranges::count_if(queued, [&](const QueuedConnection& one) {
    return one.server == server && one.complete < time && (!one.accepted || *one.accepted > time);
  }));
}

// The socket by which a side has the connection; 0: not known.
std::uint64_t socket_of(const SideCalls& calls) {
  if (calls.accept != nullptr) return calls.accept->new_socket;
  return calls.connect != nullptr ? calls.connect->socket : 0;
}

bool waits_for(const SocketCall& call, std::uint64_t socket) {
  if (call.nonblocking) return false;
  const CallFamily family = call_family(call.name);
  if (family == CallFamily::recv) return call.socket == socket;
  return family == CallFamily::wait &&
         std::ranges::any_of(call.watched, [socket](const WatchedSocket& watched) {
           return watched.socket == socket && watched.reads;
         });
}

bool found_nothing(const SocketCall& call) {
  if (call_family(call.name) == CallFamily::wait) return call.result == 0;
  return call.result < 0 && call.error_number == EAGAIN;  // SO_RCVTIMEO
}

// The calls of one side that wait for the other, by the socket that it has.
class Waits {
 public:
  Waits(const SideCalls& own, std::span<const SocketCall> calls, Side side) {
    const std::uint64_t socket = socket_of(own);
    for (const SocketCall& call : calls) {
      const bool is_own = socket != 0 && call.side == side && call.ended_by_signal == 0;
      if (is_own && waits_for(call, socket)) calls_.push_back(&call);
    }
  }

  // The last one, where it waits still, or waited long and got nothing; null: neither.
  const SocketCall* vain() const {
    if (calls_.empty()) return nullptr;
    const SocketCall& last = *calls_.back();
    if (!last.returned) return &last;
    const bool is_long = *last.returned - last.entered >= kLongWait;
    return is_long && found_nothing(last) ? &last : nullptr;
  }
  const SocketCall* running_at(Timestamp time) const {
    const auto found = std::ranges::find_if(
        calls_, [time](const SocketCall* call) { return is_running_at(*call, time); });
    return found == calls_.end() ? nullptr : *found;
  }

 private:
  std::vector<const SocketCall*> calls_;
};

}  // namespace

std::vector<QueuedConnection> list_queued(std::span<const TcpConnection> connections,
                                          std::span<const SocketCall> calls) {
  std::map<Endpoint, std::vector<const SocketCall*>> accepts;  // by the client's end
  for (const SocketCall& call : calls) {
    const bool accepts_one = call.new_socket != 0 && call.remote && call.returned;
    if (accepts_one) accepts[*call.remote].push_back(&call);
  }
  std::vector<QueuedConnection> queued;
  for (const TcpConnection& connection : connections) {
    const std::optional<Timestamp> complete = handshake_end(connection);
    if (!complete) continue;
    QueuedConnection& added = queued.emplace_back();
    added.server = connection.server;
    added.complete = *complete;
    // The same ends may have been used before.
    for (const SocketCall* call : accepts[connection.client]) {
      if (*call->returned < connection.segments.front().time) continue;
      added.accepted = call->returned;
      break;
    }
  }
  return queued;
}

std::optional<FullQueue> find_full_queue(const TcpConnection& connection,
                                         std::span<const QueuedConnection> queued,
                                         std::span<const SocketEntry> sockets) {
  const auto listener = std::ranges::find_if(sockets, [&](const SocketEntry& socket) {
    return socket.tcp && socket.state == "LISTEN" && socket.local.port == connection.server.port &&
           names_endpoint(socket.local, connection.server);
  });
  if (listener == sockets.end()) return std::nullopt;
  FullQueue full{listener->send_queue, 0, 0};
  std::size_t asked = 0;
  for (const Segment& segment : connection.segments) {
    if (segment.from == Side::server) break;
    if (!segment.has(tcp_flag::kSyn)) continue;
    ++asked;
    const std::size_t waiting = count_waiting(queued, connection.server, segment.time);
    if (waiting <= full.backlog) continue;
    if (full.dropped++ == 0) full.waiting = waiting;
  }
  const bool is_answered = has_event(connection, EventKind::open, Side::server);
  if (full.dropped == 0 || (is_answered && asked < 2)) return std::nullopt;
  return full;
}

std::optional<MutualWait> find_mutual_wait(const std::array<SideCalls, 2>& sides,
                                           std::span<const SocketCall> calls) {
  const std::array<Waits, 2> waits{Waits(sides[0], calls, Side::client),
                                   Waits(sides[1], calls, Side::server)};
  for (const Side side : {Side::client, Side::server}) {
    const bool is_client = side == Side::client;
    const SocketCall* const first = waits[is_client ? 0 : 1].vain();
    if (first == nullptr) continue;
    const Timestamp end = first->returned.value_or(Timestamp::max());
    const SocketCall* const second = waits[is_client ? 1 : 0].running_at(end);
    if (second == nullptr) continue;
    MutualWait found;
    found.client = is_client ? first : second;
    found.server = is_client ? second : first;
    if (!first->returned) return found;
    found.gave_up = side;
    found.lasted = end - std::max(first->entered, second->entered);
    if (found.lasted >= kLongWait) return found;
  }
  return std::nullopt;
}

HeldBack find_held_back(const TcpConnection& connection, std::span<const Cause> causes,
                        std::span<const SocketCall> calls, Side from) {
  HeldBack held;
  for (std::size_t index = 0; index < causes.size(); ++index) {
    const Cause& cause = causes[index];
    const Segment& segment = connection.segments[index];
    const bool is_released = std::ranges::find(cause.facts, CauseFactKind::released_by_ack,
                                               &CauseFact::kind) != cause.facts.end();
    if (segment.from != from || !is_released || cause.causing_calls.empty()) continue;
    const SocketCall& call = calls[cause.causing_calls.front()];
    const Duration waited = segment.time - call.returned.value_or(segment.time);
    if (call_family(call.name) != CallFamily::send || waited < kTold) continue;
    held.shortest = held.count == 0 ? waited : std::min(held.shortest, waited);
    held.longest = std::max(held.longest, waited);
    ++held.count;
  }
  return held;
}

std::optional<ClosedWindow> find_closed_window(const TcpConnection& connection, Side reader) {
  const Segment* closed = nullptr;  // since when it is closed
  std::optional<ClosedWindow> longest;
  for (const Segment& segment : connection.segments) {
    const bool tells = segment.from == reader && segment.has(tcp_flag::kAck) &&
                       !segment.has(tcp_flag::kRst | tcp_flag::kSyn);
    if (!tells) continue;
    const bool is_closed = segment.numbers.window_bytes == 0;
    if (is_closed && closed == nullptr) closed = &segment;
    if (is_closed || closed == nullptr) continue;
    const Duration lasted = segment.time - closed->time;
    if (lasted >= kTold && (!longest || lasted > longest->lasted)) {
      longest = ClosedWindow{closed->packet, segment.packet, lasted};
    }
    closed = nullptr;
  }
  return closed == nullptr ? longest : ClosedWindow{closed->packet, std::nullopt, {}};
}

}  // namespace wireproof
