#include "expect/explain.h"

#include <algorithm>

namespace wireproof {
namespace {

const Segment* find_segment(const TcpConnection& connection, std::size_t packet) {
  const auto found = std::find_if(connection.segments.begin(), connection.segments.end(),
                                  [&](const Segment& segment) { return segment.packet == packet; });
  return found == connection.segments.end() ? nullptr : &*found;
}

bool has_event(const TcpConnection& connection, EventKind kind, Side from) {
  return std::any_of(connection.events.begin(), connection.events.end(),
                     [&](const Event& event) { return event.kind == kind && event.from == from; });
}

std::string side_name(Side side) {
  return side == Side::client ? "client" : "server";
}

std::string explain_reset(const Segment& reset, const TcpConnection& connection) {
  const Side other = other_side(reset.from);
  if (reset.from == Side::server && !has_event(connection, EventKind::open, Side::server)) {
    return "nothing listens on the port; the kernel answers the SYN with RST (RFC 9293 §3.10.7.1)";
  }
  if (has_event(connection, EventKind::fin, reset.from)) {
    return "the " + side_name(reset.from) +
           " had closed its socket; the kernel answers data that comes later with RST "
           "(RFC 9293 §3.10.7.1)";
  }
  if (!connection.stream(other).empty()) {
    return "the " + side_name(reset.from) +
           " closed while bytes of the other side were unread, or asked for it with SO_LINGER 0; "
           "the kernel then sends RST instead of FIN (RFC 1122 §4.2.2.13)";
  }
  return "the " + side_name(reset.from) + " aborted the connection (SO_LINGER 0)";
}

std::string explain_missing_fin(const Row& row, const TcpConnection& connection) {
  const std::string name = side_name(row.from);
  if (has_event(connection, EventKind::fin, other_side(row.from))) {
    return "the " + name +
           " did not close after the other side's FIN: its socket stays in CLOSE-WAIT "
           "(RFC 9293 §3.6)";
  }
  return "no process of the " + name + " closed the connection while it was watched";
}

}  // namespace

std::optional<std::string> explain_row(const Row& row, const RowResult& result,
                                       const TcpConnection& connection, const SessionFacts& facts) {
  const bool wants_fin = (row.flags & tcp_flag::kFin) != 0;
  if (result.nearest) {
    const Segment* nearest = find_segment(connection, *result.nearest);
    if (nearest != nullptr && nearest->has(tcp_flag::kRst) && (row.flags & tcp_flag::kRst) == 0) {
      return explain_reset(*nearest, connection);
    }
  }
  if (wants_fin && result.state == RowState::out_of_order && !facts.client_waits_for_eof) {
    return "the session closes without `recv eof`, so client and server race for the first FIN; "
           "let the client wait for the end of the stream, or mark the row with `Order: any`";
  }
  if (wants_fin && result.state == RowState::missing &&
      !has_event(connection, EventKind::rst, Side::client) &&
      !has_event(connection, EventKind::rst, Side::server)) {
    return explain_missing_fin(row, connection);
  }
  return std::nullopt;
}

std::optional<std::string> explain_packet(const Segment& segment, const TcpConnection& connection) {
  if (segment.has(tcp_flag::kRst)) return explain_reset(segment, connection);
  return std::nullopt;
}

}  // namespace wireproof
