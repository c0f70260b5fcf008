#include "expect/cause/connection_calls.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <numeric>

#include "expect/cause/call_facts.h"

// Whose calls: traced ones by the number of the socket, since a client's port may be used again
// within one run; those of our own clients by the connection's ends.

namespace wireproof {
namespace {

bool names_client(const SocketCall& call, const TcpConnection& connection) {
  return names_endpoint(call.side == Side::client ? call.local : call.remote, connection.client);
}

Timestamp first_time(const TcpConnection& connection) {
  return connection.segments.empty() ? Timestamp{} : connection.segments.front().time;
}

// A refused connect has lost its port when it returns: the SYN was sent while it ran.
bool is_connect_of(const SocketCall& call, const TcpConnection& connection) {
  if (!opens_connection(call)) return false;
  if (!is_running_at(call, first_time(connection))) return false;
  return call.local ? names_endpoint(call.local, connection.client)
                    : names_endpoint(call.remote, connection.server);
}

bool is_accept_of(const SocketCall& call, const TcpConnection& connection) {
  return call_family(call.name) == CallFamily::accept && call.new_socket != 0 &&
         names_endpoint(call.remote, connection.client) &&
         call.returned.value_or(call.entered) >= first_time(connection);
}

// TCP_FASTOPEN_CONNECT (tcp(7)): connect returns at once, and the first send opens the connection.
// The socket that was last told to have the connection's ends and was not let go of since, or 0.
std::uint64_t find_put_off_connect(const TcpConnection& connection,
                                   std::span<const SocketCall> calls) {
  std::uint64_t socket = 0;
  for (const SocketCall& call : calls) {
    if (call.side != Side::client || call.entered > first_time(connection)) continue;
    if (call.socket == socket && call.releases && call.still_held_by.empty()) socket = 0;
    const bool connects = is_traced(call) && opens_connection(call) && call.result >= 0 &&
                          call.local == connection.client && call.remote == connection.server;
    if (connects) socket = call.socket;
  }
  return socket;
}

// The number of the connection's socket in the traced side; 0 where that was never told.
std::uint64_t find_socket(const TcpConnection& connection, std::span<const SocketCall> calls,
                          Side side) {
  for (const SocketCall& call : calls) {
    if (call.side != side || !is_traced(call)) continue;
    if (side == Side::client && is_connect_of(call, connection)) return call.socket;
    if (side == Side::server && is_accept_of(call, connection)) return call.new_socket;
  }
  return side == Side::client ? find_put_off_connect(connection, calls) : 0;
}

// MSG_OOB: the last byte of a send is urgent, and the only one that a receive call gets.
bool is_urgent(const SocketCall& call) {
  return has_flag(call, MSG_OOB);
}

bool ends_sending(const SocketCall& call) {
  return call.result == 0 && (!is_traced(call) || call.flags == SHUT_WR || call.flags == SHUT_RDWR);
}

bool is_reset_error(int error_number) {
  return error_number == ECONNRESET || error_number == EPIPE || error_number == ECONNREFUSED;
}

// The bytes that a send or receive call moved; 0 of one that failed.
std::uint64_t moved_bytes(const SocketCall& call) {
  if (call.result <= 0) return 0;
  if (call.message_sizes.empty()) return static_cast<std::uint64_t>(call.result);
  return std::accumulate(call.message_sizes.begin(), call.message_sizes.end(), std::uint64_t{0});
}

class Sorter {
 public:
  // `urgent`: the positions of the bytes that the other side sent as such, ascending.
  Sorter(const TcpConnection& connection, std::span<const SocketCall> calls, Side side,
         std::vector<std::uint64_t> urgent)
      : connection_(connection),
        side_(side),
        socket_(find_socket(connection, calls, side)),
        urgent_(std::move(urgent)) {
    for (const SocketCall& call : calls) {
      if (call.side == side) add(call);
    }
    order_sends();
    order_receives();
    set_ranges(sends_, sorted_.sends);
    set_receive_ranges();
    if (socket_ != 0) find_waits(calls);
    if (is_hidden()) sorted_.known = false;
  }

  SideCalls take() { return std::move(sorted_); }

 private:
  // A connection that was opened, but by no call that was seen: the others were not seen either.
  bool is_hidden() const {
    return side_ == Side::client && connection_.has_syn && socket_ == 0 &&
           sorted_.connect == nullptr && sends_.empty() && receives_.empty();
  }

  bool belongs(const SocketCall& call) const {
    if (!is_traced(call)) return names_client(call, connection_);
    if (socket_ != 0) return call.socket == socket_ || call.new_socket == socket_;
    return names_client(call, connection_) && call.entered >= first_time(connection_);
  }

  void add(const SocketCall& call) {
    // Of a traced side everything was seen: what is not there did not happen.
    if (is_traced(call)) sorted_.known = true;
    if (call.releases && !call.remote && same_endpoint_port(call)) {
      sorted_.listener_releases.push_back(&call);
    }
    if (!belongs(call)) return;
    sorted_.known = true;
    if (call.releases) {
      sorted_.releases.push_back(&call);
      return;
    }
    add_by_family(call);
  }

  bool same_endpoint_port(const SocketCall& call) const {
    return side_ == Side::server && call.local && call.local->port == connection_.server.port;
  }

  void add_by_family(const SocketCall& call) {
    if (is_reset_error(call.error_number) && sorted_.reset == nullptr) sorted_.reset = &call;
    if (opens_connection(call) && sorted_.connect == nullptr) sorted_.connect = &call;
    switch (call.incoming ? CallFamily::recv : call_family(call.name)) {
      case CallFamily::connect:
        break;
      case CallFamily::accept:
        sorted_.accept = &call;
        break;
      case CallFamily::shutdown:
        if (ends_sending(call)) sorted_.shutdowns.push_back(&call);
        break;
      case CallFamily::close:
        if (!is_traced(call)) sorted_.releases.push_back(&call);
        break;
      case CallFamily::send:
        if (call.result >= 0) sends_.push_back(&call);
        break;
      case CallFamily::recv:
        add_receive(call);
        break;
      case CallFamily::wait:
      case CallFamily::other:
        break;
    }
  }

  void add_receive(const SocketCall& call) {
    const std::uint64_t moved = moved_bytes(call);
    if (is_urgent(call)) {
      if (moved > 0 && !peeks(call)) urgent_receives_.push_back(&call);
    } else if (moved > 0 && peeks(call)) {
      const std::uint64_t begin = 1 + total(receives_);
      sorted_.peeks.push_back({&call, begin, begin + moved});
    } else if (moved > 0) {
      receives_.push_back(&call);
    } else if (call.result == 0 && call.returned && sorted_.end_of_stream == nullptr) {
      sorted_.end_of_stream = &call;
    }
  }

  static std::uint64_t total(const std::vector<const SocketCall*>& calls) {
    return std::accumulate(
        calls.begin(), calls.end(), std::uint64_t{0},
        [](std::uint64_t sum, const SocketCall* call) { return sum + moved_bytes(*call); });
  }

  static Timestamp end_of(const SocketCall* call) {
    return call->returned.value_or(Timestamp::max());
  }

  // Calls of several threads on one socket took their bytes in the order of their ends.
  void order_receives() { std::ranges::stable_sort(receives_, {}, end_of); }

  // Calls of several threads send in the order of their entries, but for those that ran at the
  // same time: there the packets decide. A call that never ended may have sent any number.
  void order_sends() {
    const auto entry_of = [](const SocketCall* call) {
      return call->returned ? call->entered : Timestamp::max();
    };
    std::ranges::stable_sort(sends_, {}, entry_of);
    std::uint64_t begin = 1;
    for (auto next = sends_.begin(); next != sends_.end(); ++next) {
      const auto chosen = choose_next(next, begin);
      std::rotate(next, chosen, chosen + 1);
      begin += moved_bytes(**next);
    }
  }

  using CallPlace = std::vector<const SocketCall*>::iterator;

  // Of the calls that other threads were in at the same time as the next one: that which had been
  // entered when the byte at `begin` left, and whose bytes end with that packet's.
  CallPlace choose_next(CallPlace next, std::uint64_t begin) {
    Timestamp first_end = end_of(*next);
    CallPlace rest = next + 1;
    for (; rest != sends_.end() && (*rest)->entered <= first_end; ++rest) {
      first_end = std::min(first_end, end_of(*rest));
    }
    if (rest == next + 1) return next;
    const Segment* segment = find_carrier(begin);
    if (segment == nullptr) return next;
    for (CallPlace call = next; call != rest; ++call) {
      const bool in_turn = std::none_of(next, call, [&](const SocketCall* earlier) {
        return earlier->thread == (*call)->thread;
      });
      if (in_turn && (*call)->entered <= segment->time &&
          begin + moved_bytes(**call) == segment->seq + segment->payload_size) {
        return call;
      }
    }
    return next;
  }

  // The packet that carried this side's byte first.
  const Segment* find_carrier(std::uint64_t position) const {
    for (const Event& event : connection_.events) {
      const bool carries = event.kind == EventKind::bytes && event.from == side_ &&
                           event.begin <= position && position < event.end;
      if (carries) return &connection_.segments[event.segment];
    }
    return nullptr;
  }

  // One that never ended may have moved any number of bytes.
  static void set_ranges(const std::vector<const SocketCall*>& calls,
                         std::vector<RangedCall>& ranges) {
    std::uint64_t begin = 1;
    for (const SocketCall* call : calls) {
      const std::uint64_t end =
          call->returned ? begin + moved_bytes(*call) : std::numeric_limits<std::uint64_t>::max();
      if (end > begin) ranges.push_back({call, begin, end});
      begin = end;
    }
  }

  // A stream without SO_OOBINLINE goes on behind an urgent byte, at which each call that has bytes
  // already ends (RFC 6093 §3.1, tcp(7)). One that went over it took a byte that a later urgent
  // one had replaced: then it is of the stream.
  void set_receive_ranges() {
    std::uint64_t begin = 1;
    auto urgent = urgent_.begin();
    for (const SocketCall* call : receives_) {
      if (!call->inline_urgent) {
        urgent = std::lower_bound(urgent, urgent_.end(), begin);
        for (; urgent != urgent_.end() && *urgent == begin; ++urgent) {
          sorted_.urgent.push_back(begin++);
        }
      }
      const std::uint64_t end = begin + moved_bytes(*call);
      sorted_.receives.push_back({call, begin, end});
      begin = end;
    }
    const bool is_inline = !receives_.empty() && receives_.back()->inline_urgent;
    for (; urgent != urgent_.end(); ++urgent) {
      if (*urgent >= begin && !is_inline) sorted_.urgent.push_back(*urgent);
    }
    for (std::size_t index = 0; index < urgent_receives_.size(); ++index) {
      if (index >= sorted_.urgent.size()) break;
      const std::uint64_t position = sorted_.urgent[index];
      sorted_.receives.push_back({urgent_receives_[index], position, position + 1});
    }
    std::ranges::stable_sort(sorted_.receives, {}, &RangedCall::begin);
  }

  // Wait calls name several sockets: the connection's, or the listener's for its accept.
  void find_waits(std::span<const SocketCall> calls) {
    const std::uint64_t listener = sorted_.accept != nullptr ? sorted_.accept->socket : 0;
    for (const SocketCall& call : calls) {
      if (call.side != side_ || call.ready.empty()) continue;
      const bool found = std::ranges::any_of(call.ready, [&](const WatchedSocket& ready) {
        return ready.socket == socket_ || (listener != 0 && ready.socket == listener);
      });
      if (found) sorted_.waits.push_back(&call);
    }
  }

  const TcpConnection& connection_;
  Side side_;
  std::uint64_t socket_;
  std::vector<std::uint64_t> urgent_;
  SideCalls sorted_;
  std::vector<const SocketCall*> sends_;
  std::vector<const SocketCall*> receives_;
  std::vector<const SocketCall*> urgent_receives_;  // MSG_OOB
};

std::vector<std::uint64_t> find_urgent(const TcpConnection& connection,
                                       std::span<const SocketCall> calls, Side sender) {
  std::vector<std::uint64_t> urgent;
  if (std::ranges::none_of(calls, is_urgent)) return urgent;
  const SideCalls sorted = Sorter(connection, calls, sender, {}).take();
  for (const RangedCall& send : sorted.sends) {
    if (is_urgent(*send.call) && send.call->returned) urgent.push_back(send.end - 1);
  }
  return urgent;
}

}  // namespace

bool names_endpoint(const std::optional<Endpoint>& named, const Endpoint& end) {
  if (!named || named->port != end.port) return false;
  const IpAddress address = unmap_ipv4(named->address);
  return address.bytes == IpAddress{}.bytes || address == unmap_ipv4(end.address);
}

SideCalls sort_calls(const TcpConnection& connection, std::span<const SocketCall> calls,
                     Side side) {
  return Sorter(connection, calls, side, find_urgent(connection, calls, other_side(side))).take();
}

std::vector<const SocketCall*> covering(std::span<const RangedCall> ranges, std::uint64_t begin,
                                        std::uint64_t end) {
  std::vector<const SocketCall*> calls;
  for (const RangedCall& range : ranges) {
    if (range.begin < end && begin < range.end) calls.push_back(range.call);
  }
  return calls;
}

}  // namespace wireproof
