#include "expect/cause/cause.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text/words.h"
#include "expect/cause/call_facts.h"
#include "expect/cause/connection_calls.h"

// The join of calls.md: by byte range. Per side the running total of what its send calls returned
// maps to stream positions, and so do its receive calls. Times only tell who waited already.

namespace wireproof {
namespace {

using CallList = std::vector<const SocketCall*>;
using Kind = CauseFactKind;

void add_index(std::vector<std::size_t>& indexes, std::size_t index) {
  const auto place = std::ranges::lower_bound(indexes, index);
  if (place == indexes.end() || *place != index) indexes.insert(place, index);
}

// Fills in what one packet's sender did and whose wait it ended.
class Explainer {
 public:
  Explainer(const TcpConnection& connection, std::span<const SocketCall> calls)
      : connection_(connection),
        calls_(calls),
        sides_{sort_calls(connection, calls, Side::client),
               sort_calls(connection, calls, Side::server)} {}

  Cause explain(const Segment& segment) {
    Cause cause;
    cause.side = segment.from;
    const bool opens_or_ends = !is_refused(segment.repeat);
    if (segment.repeat == Repeat::reset_after_end) {
      blame_kernel(cause, Kind::socket_gone);
    } else if (opens_or_ends && segment.has(tcp_flag::kRst)) {
      explain_reset(segment, cause);
    } else if (segment.repeat == Repeat::fast_retransmission) {
      cause.call.kernel = true;
    } else if (is_retransmission(segment.repeat) && !contributes(segment.repeat)) {
      blame_kernel(cause, Kind::retransmission_timer);
    } else if (opens_or_ends && segment.has(tcp_flag::kSyn)) {
      explain_open(segment, cause);
    } else if (!contributes(segment.repeat)) {
      explain_repeat(segment, cause);
    } else {
      if (segment.payload_size > 0) explain_data(segment, cause);
      if (segment.has(tcp_flag::kFin)) explain_fin(segment, cause);
      if (cause.call.empty()) cause.call.kernel = true;
    }
    return cause;
  }

 private:
  const SideCalls& calls_of(Side side) const { return sides_[side == Side::client ? 0 : 1]; }
  const SideCalls& receiver_of(const Segment& segment) const {
    return calls_of(other_side(segment.from));
  }

  static void blame_kernel(Cause& cause, Kind why) {
    cause.call.kernel = true;
    cause.facts.push_back({why});
  }

  // Of a call of the list that the sides were sorted from.
  std::size_t index_of(const SocketCall& call) const {
    return static_cast<std::size_t>(&call - calls_.data());
  }

  void set_call(Cause& cause, const SocketCall* call, const char* inferred) const {
    set_calls(cause, call == nullptr ? CallList{} : CallList{call}, inferred);
  }

  void set_calls(Cause& cause, const CallList& calls, const char* inferred) const {
    std::vector<std::string> names;
    for (const SocketCall* call : calls) {
      add_index(cause.causing_calls, index_of(*call));
      add_once(names, call->name);
    }
    if (names.empty() && !calls_of(cause.side).known) {
      cause.call_inferred = true;
      names.emplace_back(inferred);
    }
    std::ranges::move(names, std::back_inserter(cause.call.calls));
  }

  // Data and ends of streams come from calls, also where none was seen: one that the tracer cannot
  // see (32-bit programs), or of a process that nobody traces.
  static void infer_call(Cause& cause, const char* name) {
    cause.call_inferred = true;
    cause.call.calls.emplace_back(name);
  }

  // The call that took what arrived, or the wait call that had found it before a call that did not
  // have to wait.
  void set_blocked(Cause& cause, const Segment& segment, const SocketCall* taker,
                   const char* inferred) const {
    if (!cause.blocked.empty()) return;
    const SideCalls& receiver = receiver_of(segment);
    if (taker == nullptr) {
      if (receiver.known) return;
      cause.blocked.calls = {inferred};
      cause.blocked_inferred = true;
      return;
    }
    const SocketCall* wait = find_wait(receiver.waits, *taker, segment.time);
    add_index(cause.taking_calls, index_of(*taker));
    if (wait != nullptr) add_index(cause.taking_calls, index_of(*wait));
    if (wait != nullptr) cause.blocked.calls.push_back(wait->name);
    cause.blocked.calls.push_back(taker->name);
    cause.facts.push_back(waiting_fact(wait != nullptr ? *wait : *taker, segment.time));
  }

  void explain_repeat(const Segment& segment, Cause& cause) const {
    cause.call.kernel = true;
    const SocketCall* connect = calls_of(Side::client).connect;
    if (segment.from == Side::client && connect != nullptr &&
        is_running_at(*connect, segment.time)) {
      cause.facts.push_back({Kind::inside_connect});
    }
  }

  void explain_open(const Segment& segment, Cause& cause) const {
    const SideCalls& client = calls_of(Side::client);
    const SideCalls& server = calls_of(Side::server);
    if (segment.from == Side::client) {
      set_call(cause, find_opener(client, segment), "connect");
      if (cause.call.empty()) infer_call(cause, "connect");
      set_blocked(cause, segment, server.accept, "accept");
      if (segment.payload_size > 0) explain_early_data(segment, cause);
      return;
    }
    // The kernel answers for the listening socket; accept is the call that gets the connection.
    set_call(cause, server.accept, "accept");
    if (cause.call.empty()) blame_kernel(cause, Kind::never_accepted);
    set_blocked(cause, segment, find_opener(client, segment), "connect");
  }

  // Where connect had returned before the SYN left, the first send sent it (TCP_FASTOPEN_CONNECT).
  const SocketCall* find_opener(const SideCalls& client, const Segment& segment) const {
    const SocketCall* connect = client.connect;
    if (connect == nullptr || !connect->returned || client.sends.empty()) return connect;
    const bool is_put_off = is_traced(*connect) && connect->result == 0 &&
                            *connect->returned < connection_.segments.front().time &&
                            client.sends.front().call->entered <= segment.time;
    return is_put_off ? client.sends.front().call : connect;
  }

  // RFC 7413 §2: the SYN carries data.
  void explain_early_data(const Segment& syn, Cause& cause) const {
    const std::uint64_t end = 1 + syn.payload_size;
    for (const SocketCall* call : covering(calls_of(Side::client).sends, 1, end)) {
      add_once(cause.call.calls, call->name);
      add_index(cause.causing_calls, index_of(*call));
    }
    for (const SocketCall* call : covering(calls_of(Side::server).receives, 1, end)) {
      add_index(cause.taking_calls, index_of(*call));
    }
  }

  void explain_data(const Segment& segment, Cause& cause) const {
    const std::uint64_t end = segment.seq + segment.payload_size;
    const auto sends = covering(calls_of(segment.from).sends, segment.seq, end);
    set_calls(cause, sends, "send");
    if (sends.empty() && !cause.call_inferred) infer_call(cause, "send");
    if (sends.size() > 1) cause.facts.push_back({Kind::several_calls, sends.size()});
    if (!sends.empty()) add_late(cause, segment, *sends.back());
    const SideCalls& receiver = receiver_of(segment);
    if (std::ranges::binary_search(receiver.urgent, end - 1)) {
      cause.facts.push_back({Kind::urgent_byte});
    }
    const auto takers = covering(receiver.receives, segment.seq, end);
    const auto peeks = covering(receiver.peeks, segment.seq, end);
    const SocketCall* taker = takers.empty() ? nullptr : takers.front();
    const bool peeked =
        !peeks.empty() && (taker == nullptr || peeks.front()->entered < taker->entered);
    set_blocked(cause, segment, peeked ? peeks.front() : taker, "recv");
    for (const SocketCall* took : takers) add_index(cause.taking_calls, index_of(*took));
  }

  // Nothing where the packet left while the call ran.
  void add_late(Cause& cause, const Segment& segment, const SocketCall& call) const {
    if (!call.returned || segment.time <= *call.returned) return;
    const Segment* release = nullptr;
    for (const Segment& before : connection_.segments) {
      if (&before == &segment) break;
      if (before.from != segment.from && before.time >= *call.returned) release = &before;
    }
    cause.facts.push_back(release == nullptr
                              ? CauseFact{Kind::sent_after, 0, 0, segment.time - *call.returned}
                              : CauseFact{Kind::released_by_ack, 0, release->packet});
  }

  // The call after which nobody could send any more: shutdown, or the close of the last holder.
  // Where two processes let go at the same time, the one that was at it when the packet left.
  static const SocketCall* ending_call(const SideCalls& sender, Timestamp sent) {
    const SocketCall* release = nullptr;
    for (const SocketCall* call : sender.releases) {
      if (!call->still_held_by.empty()) continue;
      if (release == nullptr || is_running_at(*call, sent)) release = call;
    }
    if (sender.shutdowns.empty()) return release;
    const SocketCall* shutdown = sender.shutdowns.front();
    return release != nullptr && release->entered < shutdown->entered ? release : shutdown;
  }

  // What kept the FIN back: whoever closed first was not the only one to hold the socket.
  static void add_holder(Cause& cause, const SideCalls& sender) {
    for (const SocketCall* call : sender.releases) {
      if (call->still_held_by.empty()) continue;
      const std::int64_t holder = call->still_held_by.front();
      if (holder == call->process) continue;
      cause.facts.push_back({Kind::held_by_other, 0, 0, {}, call->process, holder});
      return;
    }
  }

  void explain_fin(const Segment& segment, Cause& cause) {
    const SideCalls& sender = calls_of(segment.from);
    const SocketCall* ending = ending_call(sender, segment.time);
    set_call(cause, ending, "close");
    if (ending == nullptr && !cause.call_inferred) infer_call(cause, "close");
    if (ending != nullptr) {
      add_late(cause, segment, *ending);
      if (ending->releases) add_holder(cause, sender);
    }
    fin_sent_[segment.from == Side::client ? 0 : 1] = true;
    const bool receiver_has_closed = fin_sent_[segment.from == Side::client ? 1 : 0];
    const SocketCall* waiting = receiver_of(segment).end_of_stream;
    if (waiting != nullptr) add_index(cause.taking_calls, index_of(*waiting));
    if (receiver_has_closed && waiting == nullptr) return;
    set_blocked(cause, segment, waiting, "recv");
  }

  void explain_reset(const Segment& segment, Cause& cause) const {
    const SideCalls& receiver = receiver_of(segment);
    if (is_refusal(segment)) {
      blame_kernel(cause, Kind::nothing_listens);
      set_blocked(cause, segment, calls_of(Side::client).connect, "connect");
      return;
    }
    const SideCalls& sender = calls_of(segment.from);
    const SocketCall* closing = nullptr;
    for (const SocketCall* call : sender.releases) {
      if (call->still_held_by.empty() && call->entered <= segment.time) closing = call;
    }
    if (closing == nullptr && segment.from == Side::server && sender.accept == nullptr) {
      for (const SocketCall* call : sender.listener_releases) {
        if (call->still_held_by.empty() && call->entered <= segment.time) closing = call;
      }
      if (closing != nullptr) cause.facts.push_back({Kind::listener_closed});
    } else if (closing != nullptr) {
      add_reset_reason(cause, segment, *closing);
    }
    set_call(cause, closing, "close");
    if (cause.call.empty()) cause.call.kernel = true;
    set_blocked(cause, segment, receiver.reset != nullptr ? receiver.reset : receiver.end_of_stream,
                "recv");
  }

  // RFC 1122 §4.2.2.13: close with unread data resets, so does data for a socket that is closed.
  void add_reset_reason(Cause& cause, const Segment& segment, const SocketCall& closing) const {
    if (closing.linger_seconds == 0) {
      cause.facts.push_back({Kind::linger_zero});
      return;
    }
    if (closing.unread_bytes.value_or(0) > 0) {
      cause.facts.push_back({Kind::unread_bytes, *closing.unread_bytes});
      return;
    }
    if (is_running_at(closing, segment.time)) return;
    const Segment* answered = nullptr;
    for (const Segment& before : connection_.segments) {
      if (&before == &segment) break;
      if (before.from != segment.from && before.payload_size > 0) answered = &before;
    }
    if (answered == nullptr) return;
    cause.facts.push_back({Kind::answers_closed, 0, answered->packet});
  }

  bool is_refusal(const Segment& segment) const {
    return connection_.segments.size() > 1 && segment.from == Side::server &&
           connection_.server_stream.empty() && connection_.client_stream.empty() &&
           !has_event(connection_, EventKind::open, Side::server);
  }

  const TcpConnection& connection_;
  std::span<const SocketCall> calls_;  // of the caller, which outlives the explainer
  std::array<SideCalls, 2> sides_;     // client, server
  std::array<bool, 2> fin_sent_{};
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

CauseFact waiting_fact(const SocketCall& call, Timestamp arrived) {
  if (call.entered <= arrived) return {Kind::already_waiting, 0, 0, arrived - call.entered};
  return {Kind::called_later, 0, 0, call.entered - arrived};
}

std::vector<CallPackets> join_packets(const std::map<std::size_t, Cause>& causes,
                                      std::size_t call_count) {
  std::vector<CallPackets> calls(call_count);
  for (const auto& [packet, cause] : causes) {
    for (const std::size_t call : cause.causing_calls) calls.at(call).caused.push_back(packet);
    for (const std::size_t call : cause.taking_calls) calls.at(call).taken.push_back(packet);
  }
  return calls;
}

}  // namespace wireproof
