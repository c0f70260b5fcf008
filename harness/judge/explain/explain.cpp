#include "judge/explain/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/bytes.h"
#include "base/text/words.h"
#include "judge/causes/failure_evidence.h"
#include "judge/explain/path_fault.h"
#include "judge/traffic/fin_holder.h"
#include "judge/traffic/traffic.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {
namespace {

// Whether the side that reset the connection had said something after all that it was sent: it
// had read that, or at least seen it.
bool had_last_word(const Segment& reset, const TcpConnection& connection) {
  Side last = other_side(reset.from);
  for (const Event& event : connection.events) {
    if (connection.segments[event.segment].packet >= reset.packet) break;
    if (event.kind == EventKind::bytes) last = event.from;
  }
  return last == reset.from;
}

// Whether bytes of the server are some that the client had sent before its last one: what a buffer
// still held of them.
bool is_rest_of_earlier(const TcpConnection& connection, ByteView rest) {
  const ByteView sent = connection.client_stream;
  if (rest.size() < kFewestStale || sent.empty()) return false;
  const ByteView earlier = sent.first(sent.size() - 1);
  return std::search(earlier.begin(), earlier.end(), rest.begin(), rest.end()) != earlier.end();
}

std::string tell_stray(std::size_t size) {
  return fmt::format(
      "the server sent {} more after the client's FIN: it takes the 0 that recv() gives at the end "
      "of the stream for a message",
      counted(size, "byte"));
}

Explanation explain_reset(const Segment& reset, const TcpConnection& connection,
                          const SessionFacts& facts) {
  const Side other = other_side(reset.from);
  const std::string name = side_words(reset.from);
  if (reset.from == Side::server && !has_event(connection, EventKind::open, Side::server)) {
    return {ExplanationId::nothing_listens,
            std::string(what_it_says(ExplanationId::nothing_listens))};
  }
  if (has_event(connection, EventKind::fin, reset.from)) {
    return {ExplanationId::reset_after_close,
            "the " + name +
                " had closed its socket; the kernel answers data that comes later with RST "
                "(RFC 9293 §3.10.7.1)"};
  }
  if (!was_established(connection, reset)) {
    return {
        ExplanationId::none,
        reset.from == Side::client
            ? "the client had given up its connect() before the server's answer came; what comes "
              "to a socket that is gone is answered with RST (RFC 9293 §3.10.7.1)"
            : "the server reset a connection that was not established yet: no close() of "
              "it can have done that"};
  }
  const bool all_answered = facts.requests > 0 && facts.requests <= facts.replies;
  if (connection.stream(other).empty() || (had_last_word(reset, connection) && all_answered)) {
    return {ExplanationId::reset_abort,
            fmt::format("the {} aborted the connection by SO_LINGER 0: it had answered all that it "
                        "was sent, and unread bytes are the only other cause of RST at a close "
                        "(RFC 1122 §4.2.2.13)",
                        name)};
  }
  return {ExplanationId::reset_unread,
          fmt::format("the {} closed while bytes of the other side's {} were unread, or asked for "
                      "it with SO_LINGER 0; the kernel then sends RST instead of FIN (RFC 1122 "
                      "§4.2.2.13)",
                      name, connection.stream(other).size())};
}

// What the client did not read, although its session came to its end: more than the protocol has.
std::optional<Explanation> explain_unread(const TcpConnection& connection, std::size_t unread) {
  const ByteView sent = connection.server_stream;
  const ByteView rest = sent.last(std::min(unread, sent.size()));
  if (rest.empty()) return std::nullopt;
  if (count_zeros_behind(rest) == rest.size()) {
    if (auto zeros = tell_zeros(rest.size()))
      return Explanation{ExplanationId::zeros_behind, *zeros};
  }
  const bool is_of_earlier = is_rest_of_earlier(connection, rest);
  return Explanation{
      is_of_earlier ? ExplanationId::stale_tail : ExplanationId::none,
      fmt::format(
          "behind all that the session lets the server say come {}, which nobody reads{}: {}",
          counted(rest.size(), "byte"),
          is_of_earlier ? "; they are of what the client had sent before" : "",
          render_quoted(rest, kShownBytes))};
}

// A client of the harness that resets does so because its session ended early: no cause by itself.
Explanation explain_row_reset(const Segment& reset, const TcpConnection& connection,
                              const SessionFacts& facts) {
  if (reset.from == Side::client) {
    if (auto unread = explain_unread(connection, facts.unread)) return *unread;
  }
  Explanation explanation = explain_reset(reset, connection, facts);
  if (reset.from == Side::client) explanation.id = ExplanationId::none;
  return explanation;
}

std::string tell_unseen_end(const SessionFacts& facts) {
  if (facts.left_before.empty()) return "";
  return fmt::format(
      "; this FIN waits in its socket and was never read, while that of {}, who ended before, was: "
      "nobody looks at this socket any more (a thread that has ended, or with select() a "
      "descriptor that is left out since another client has gone)",
      facts.left_before);
}

std::optional<Explanation> explain_missing_fin(const Row& row, const TcpConnection& connection,
                                               const SessionFacts& facts) {
  const std::string name = side_words(row.from);
  if (row.from == Side::server && facts.fin_holder) {
    return Explanation{ExplanationId::fin_held, held_words(*facts.fin_holder)};
  }
  if (has_event(connection, EventKind::fin, other_side(row.from))) {
    return Explanation{ExplanationId::close_wait,
                       "the " + name +
                           " did not close after the other side's FIN: its socket stays in "
                           "CLOSE-WAIT (RFC 9293 §3.6)" +
                           (row.from == Side::server ? tell_unseen_end(facts) : "")};
  }
  if (facts.offline) return std::nullopt;
  // Why a client of the harness did not is said by its session.
  if (row.from == Side::client) return std::nullopt;
  return Explanation{ExplanationId::never_closed,
                     "no process of the " + name + " closed the connection while it was watched"};
}

// The server's bytes came before bytes of the client that the table has above them.
std::optional<Explanation> explain_early(const Row& row, const RowResult& result,
                                         const TcpConnection& connection) {
  const bool is_reply =
      row.from == Side::server && row.kind == RowKind::tcp && (row.flags & tcp_flag::kPsh) != 0;
  if (!is_reply || result.state != RowState::out_of_order || result.packets.empty()) {
    return std::nullopt;
  }
  const std::size_t packet = result.packets.front();
  for (const Event& event : connection.events) {
    const std::size_t sent = connection.segments[event.segment].packet;
    if (event.kind != EventKind::bytes || event.from != Side::client || sent < packet) continue;
    return Explanation{ExplanationId::answered_early,
                       fmt::format("the answer (packet {}) came before the client had sent all of "
                                   "the request: more of it is in packet {}",
                                   packet + 1, sent + 1)};
  }
  return std::nullopt;
}

// The table has the server's FIN behind the client's. One that came before it, behind an answer,
// did not wait for the client's next request (its ack shows that the client's FIN was not there
// yet).
std::optional<Explanation> explain_early_fin(const TcpConnection& connection) {
  const auto fin_of = [&](Side side) {
    return std::ranges::find_if(connection.events, [side](const Event& event) {
      return event.kind == EventKind::fin && event.from == side;
    });
  };
  const auto server = fin_of(Side::server);
  const auto client = fin_of(Side::client);
  const bool has_answered = !connection.server_stream.empty();
  if (server == connection.events.end() || client == connection.events.end() || !has_answered ||
      server > client || server->ack >= client->end) {
    return std::nullopt;
  }
  return Explanation{
      ExplanationId::closed_early,
      fmt::format("the server ended the connection after its answer (packet {}), where it has to "
                  "wait for the client's end (packet {}); if either may be first, mark the row "
                  "with `Order: any`",
                  connection.segments[server->segment].packet + 1,
                  connection.segments[client->segment].packet + 1)};
}

// Where the server ought to close, it sends once more, and has seen the client's FIN.
std::optional<Explanation> explain_stray(const Segment& sent, const TcpConnection& connection) {
  if (sent.from != Side::server || sent.payload_size == 0) return std::nullopt;
  const auto fin = std::ranges::find_if(connection.events, [](const Event& event) {
    return event.kind == EventKind::fin && event.from == Side::client;
  });
  if (fin == connection.events.end() || sent.ack < fin->end) return std::nullopt;
  return Explanation{ExplanationId::stray_after_eof, tell_stray(sent.payload_size)};
}

// A row that has more bytes than it should, and zeros at their end.
std::optional<Explanation> explain_zeros(const Row& row, const RowResult& result,
                                         const TcpConnection& connection) {
  if (row.from != Side::server || !row.length || result.packets.empty()) return std::nullopt;
  const auto found =
      std::ranges::find(connection.segments, result.packets.front(), &Segment::packet);
  if (found == connection.segments.end() || row.length->most >= found->payload_size) {
    return std::nullopt;
  }
  auto text = tell_zeros(count_zeros_behind(found->payload));
  if (!text) return std::nullopt;
  return Explanation{ExplanationId::zeros_behind, *std::move(text)};
}

}  // namespace

std::string find_left_before(const Traffic& traffic, const TcpConnection& connection) {
  const Event* const own = last_event(&connection, EventKind::fin, Side::client);
  if (own == nullptr) return "";
  std::string last;
  std::size_t last_packet = 0;
  for (const ActorConversations& actor : traffic.actors()) {
    for (const TcpConnection* const other : actor.tcp) {
      const Event* const end = last_event(other, EventKind::fin, Side::client);
      const Event* const answer = last_event(other, EventKind::fin, Side::server);
      if (other == &connection || end == nullptr || answer == nullptr) continue;
      const std::size_t packet = packet_of(*other, *end);
      const bool is_answered = answer->ack >= end->end && packet < packet_of(connection, *own);
      if (!is_answered || packet < last_packet) continue;
      last = actor.actor;
      last_packet = packet;
    }
  }
  return last;
}

std::optional<Explanation> explain_row(const Row& row, const RowResult& result,
                                       const TcpConnection& connection, const SessionFacts& facts) {
  if (row.kind == RowKind::tcp && result.is_structural()) {
    if (auto path = explain_path(connection, facts.passages)) return path;
  }
  const bool wants_fin = (row.flags & tcp_flag::kFin) != 0;
  if (result.nearest) {
    const auto nearest = std::ranges::find(connection.segments, *result.nearest, &Segment::packet);
    const bool is_known = nearest != connection.segments.end();
    if (is_known && nearest->has(tcp_flag::kRst) && (row.flags & tcp_flag::kRst) == 0) {
      return explain_row_reset(*nearest, connection, facts);
    }
    if (is_known && wants_fin && row.from == Side::server) {
      if (auto stray = explain_stray(*nearest, connection)) return stray;
    }
  }
  if (wants_fin && result.state == RowState::out_of_order && row.from == Side::server) {
    if (auto early = explain_early_fin(connection)) return early;
  }
  if (wants_fin && result.state == RowState::out_of_order && !facts.client_waits_for_eof) {
    return Explanation{
        ExplanationId::none,
        "the session closes without `recv eof`, so client and server race for the first FIN; "
        "let the client wait for the end of the stream, or mark the row with `Order: any`"};
  }
  if (wants_fin && result.state == RowState::missing && !has_event(connection, EventKind::rst)) {
    return explain_missing_fin(row, connection, facts);
  }
  if (auto zeros = explain_zeros(row, result, connection)) return zeros;
  return explain_early(row, result, connection);
}

std::optional<Explanation> explain_packet(const Segment& segment, const TcpConnection& connection,
                                          const SessionFacts& facts) {
  if (segment.has(tcp_flag::kRst)) return explain_row_reset(segment, connection, facts);
  const bool is_unasked = segment.from == Side::server && segment.payload_size > 0 &&
                          segment.has(tcp_flag::kAck) && segment.numbers.ack <= 1;
  if (is_unasked) {
    return Explanation{ExplanationId::sent_unasked, tell_unasked(segment.payload)};
  }
  return std::nullopt;
}

}  // namespace wireproof
