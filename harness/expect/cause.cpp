#include "expect/cause.h"

#include <algorithm>
#include <optional>

#include "base/time.h"
#include "expect/call_names.h"

// The join of calls.md: by byte range. Per side the running total of what its send calls returned
// maps to stream positions, and so do its receive calls.

namespace wireproof {
namespace {

// A call with the positions it moved: stream byte k is at position k + 1.
struct RangedCall {
  const SocketCall* call = nullptr;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// The calls of one side on one conversation.
struct SideCalls {
  bool known = false;  // false: nothing was logged, the side is inferred
  const SocketCall* connect = nullptr;
  const SocketCall* accept = nullptr;
  const SocketCall* shutdown = nullptr;
  const SocketCall* close = nullptr;
  const SocketCall* eof = nullptr;  // the receive call that returned 0, or failed with a reset
  std::vector<RangedCall> sends;
  std::vector<RangedCall> receives;
};

bool belongs(const SocketCall& call, Side side, const Endpoint& client) {
  if (call.side != side) return false;
  const auto& end = side == Side::client ? call.local : call.remote;
  return end && unmap_ipv4(end->address) == unmap_ipv4(client.address) && end->port == client.port;
}

void add_range(std::vector<RangedCall>& ranges, const SocketCall& call) {
  const std::uint64_t begin = ranges.empty() ? 1 : ranges.back().end;
  ranges.push_back({&call, begin, begin + static_cast<std::uint64_t>(call.result)});
}

SideCalls sort_calls(std::span<const SocketCall> calls, Side side, const Endpoint& client) {
  SideCalls sorted;
  for (const SocketCall& call : calls) {
    if (!belongs(call, side, client)) continue;
    sorted.known = true;
    switch (call_family(call.name)) {
      case CallFamily::connect:
        sorted.connect = &call;
        break;
      case CallFamily::accept:
        sorted.accept = &call;
        break;
      case CallFamily::shutdown:
        if (!sorted.shutdown) sorted.shutdown = &call;
        break;
      case CallFamily::close:
        sorted.close = &call;
        break;
      case CallFamily::send:
        if (call.result >= 0) add_range(sorted.sends, call);
        break;
      case CallFamily::recv:
        if (call.result > 0) add_range(sorted.receives, call);
        if (call.result <= 0) sorted.eof = &call;
        break;
      case CallFamily::wait:
      case CallFamily::other:
        break;
    }
  }
  return sorted;
}

const SocketCall* covering(const std::vector<RangedCall>& ranges, std::uint64_t begin,
                           std::uint64_t end) {
  const auto found = std::find_if(ranges.begin(), ranges.end(), [&](const RangedCall& range) {
    return range.begin < end && begin < range.end;
  });
  return found == ranges.end() ? nullptr : found->call;
}

// "already waiting for 0.200 ms", or that the data waited for the call.
std::string waiting_text(const SocketCall& call, Timestamp arrived) {
  if (call.entered <= arrived) {
    return "already waiting for " + render_milliseconds(arrived - call.entered);
  }
  return "called " + render_milliseconds(call.entered - arrived) + " later";
}

// Fills in what one packet's sender did and whose wait it ended.
class Explainer {
 public:
  Explainer(const TcpConnection& connection, std::span<const SocketCall> calls)
      : connection_(connection),
        client_(sort_calls(calls, Side::client, connection.client)),
        server_(sort_calls(calls, Side::server, connection.client)) {}

  Cause explain(const Segment& segment) {
    Cause cause;
    cause.side = segment.from;
    if (segment.repeat == Repeat::reset_after_end) {
      cause.call = "kernel";
      cause.detail = "the socket is gone";
    } else if (segment.has(tcp_flag::kRst)) {
      explain_reset(segment, cause);
    } else if (segment.has(tcp_flag::kSyn)) {
      explain_open(segment, cause);
    } else if (segment.repeat != Repeat::none && segment.repeat != Repeat::out_of_order) {
      cause.call = "kernel";
      if (segment.repeat == Repeat::retransmission) cause.detail = "retransmission timer";
    } else {
      if (segment.payload_size > 0) explain_data(segment, cause);
      if (segment.has(tcp_flag::kFin)) explain_fin(segment, cause);
      if (cause.call.empty()) cause.call = "kernel";
    }
    return cause;
  }

 private:
  const SideCalls& calls_of(Side side) const { return side == Side::client ? client_ : server_; }

  void set_call(Cause& cause, const SocketCall* call, const char* inferred) {
    const std::string name = call != nullptr ? call->name : inferred;
    cause.call_inferred = cause.call_inferred || (call == nullptr && !calls_of(cause.side).known);
    if (call == nullptr && calls_of(cause.side).known) return;
    cause.call += (cause.call.empty() ? "" : " + ") + name;
  }

  void set_blocked(Cause& cause, const Segment& segment, const SocketCall* call,
                   const char* inferred) {
    if (!cause.blocked.empty()) return;
    const SideCalls& receiver = calls_of(other_side(segment.from));
    if (call != nullptr) {
      cause.blocked = call->name;
      cause.detail = waiting_text(*call, segment.time);
    } else if (!receiver.known) {
      cause.blocked = inferred;
      cause.blocked_inferred = true;
    }
  }

  void explain_open(const Segment& segment, Cause& cause) {
    const SideCalls& sender = calls_of(segment.from);
    if (segment.repeat == Repeat::retransmission) {
      cause.call = "kernel";
      cause.detail = "retransmission timer";
      return;
    }
    if (segment.from == Side::client) {
      set_call(cause, sender.connect, "connect");
      set_blocked(cause, segment, server_.accept, "accept");
    } else {
      // The kernel answers for the listening socket; accept is the call that gets the connection.
      set_call(cause, sender.accept, "accept");
      set_blocked(cause, segment, client_.connect, "connect");
    }
  }

  void explain_data(const Segment& segment, Cause& cause) {
    const std::uint64_t end = segment.seq + segment.payload_size;
    set_call(cause, covering(calls_of(segment.from).sends, segment.seq, end), "send");
    set_blocked(cause, segment,
                covering(calls_of(other_side(segment.from)).receives, segment.seq, end), "recv");
  }

  void explain_fin(const Segment& segment, Cause& cause) {
    const SideCalls& sender = calls_of(segment.from);
    set_call(cause, sender.shutdown != nullptr ? sender.shutdown : sender.close, "close");
    fin_sent_[segment.from == Side::client ? 0 : 1] = true;
    const bool receiver_has_closed = fin_sent_[segment.from == Side::client ? 1 : 0];
    const SocketCall* waiting = calls_of(other_side(segment.from)).eof;
    if (receiver_has_closed && waiting == nullptr) return;
    set_blocked(cause, segment, waiting, "recv");
  }

  void explain_reset(const Segment& segment, Cause& cause) {
    const bool refused = connection_.segments.size() > 1 && segment.from == Side::server &&
                         connection_.server_stream.empty() && connection_.client_stream.empty() &&
                         !server_opened();
    if (refused) {
      cause.call = "kernel";
      cause.detail = "nothing listens on the port";
      set_blocked(cause, segment, client_.connect, "connect");
      return;
    }
    set_call(cause, calls_of(segment.from).close, "close");
    set_blocked(cause, segment, calls_of(other_side(segment.from)).eof, "recv");
  }

  bool server_opened() const {
    return std::any_of(connection_.events.begin(), connection_.events.end(), [](const Event& e) {
      return e.kind == EventKind::open && e.from == Side::server;
    });
  }

  const TcpConnection& connection_;
  SideCalls client_;
  SideCalls server_;
  bool fin_sent_[2] = {false, false};
};

}  // namespace

std::vector<Cause> infer_causes(const TcpConnection& connection,
                                std::span<const SocketCall> calls) {
  Explainer explainer(connection, calls);
  std::vector<Cause> causes;
  causes.reserve(connection.segments.size());
  for (const Segment& segment : connection.segments) causes.push_back(explainer.explain(segment));
  return causes;
}

std::vector<Cause> infer_causes(const UdpExchange& exchange, std::span<const SocketCall> calls) {
  std::vector<const SocketCall*> sends;
  std::vector<const SocketCall*> receives;
  for (const SocketCall& call : calls) {
    if (!belongs(call, Side::client, exchange.client)) continue;
    const CallFamily family = call_family(call.name);
    if (family == CallFamily::send && call.result >= 0) sends.push_back(&call);
    if (family == CallFamily::recv && call.result >= 0) receives.push_back(&call);
  }
  const bool known = !sends.empty() || !receives.empty();
  std::size_t sent = 0;
  std::size_t received = 0;
  std::vector<Cause> causes;
  for (const Datagram& datagram : exchange.datagrams) {
    Cause cause;
    cause.side = datagram.from;
    if (datagram.port_unreachable) {
      cause.call = "kernel";
      cause.detail = "no socket is bound to the port";
    } else if (datagram.from == Side::client) {
      cause.call = "send";
      cause.call_inferred = !known;
      if (sent < sends.size()) cause.call = sends[sent++]->name;
      cause.blocked = "recv";
      cause.blocked_inferred = true;
    } else {
      cause.call = "send";
      cause.call_inferred = true;
      if (received < receives.size()) {
        cause.blocked = receives[received]->name;
        cause.detail = waiting_text(*receives[received++], datagram.time);
      } else if (!known) {
        cause.blocked = "recv";
        cause.blocked_inferred = true;
      }
    }
    causes.push_back(cause);
  }
  return causes;
}

}  // namespace wireproof
