#include "judge/failure_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "expect/match/row.h"

namespace wireproof {
namespace {

std::string direction(const Row& row, const std::string& actor) {
  return row.from == Side::client ? actor + " > server" : "server > " + actor;
}

std::string describe_message(const FailedRow& failed) {
  const Row& row = *failed.row;
  const std::string sender = row.from == Side::client ? failed.actor : "server";
  const std::string info = render_row_info(row);
  const RowResult& result = *failed.result;
  if (result.state == RowState::out_of_order) {
    return fmt::format("the {}'s {} of row {} is out of order", sender, info, row.number);
  }
  if (result.state == RowState::missing && !failed.nearest_info.empty()) {
    return fmt::format("the {} sent {} where the table expects {}", sender, failed.nearest_info,
                       info);
  }
  if (result.state == RowState::missing) {
    return fmt::format("the {} sent nothing for the {} of row {}", sender, info, row.number);
  }
  const FieldDifference& first = result.differences.front();
  return fmt::format("{} of row {} is {}, the table expects {}", first.field, row.number,
                     first.captured, first.expected);
}

}  // namespace

std::string render_row_info(const Row& row) {
  std::string info;
  switch (row.kind) {
    case RowKind::tcp:
      info = flag_words(row.flags);
      break;
    case RowKind::udp:
      info = "UDP";
      break;
    case RowKind::port_unreachable:
      return "ICMP port unreachable";
    case RowKind::anything:
      return "…";
  }
  if (row.seq) info += fmt::format(" Seq={}", *row.seq);
  if (row.ack) info += fmt::format(" Ack={}", *row.ack);
  if (row.window) info += fmt::format(" Win={}", range_words(*row.window));
  if (row.length) info += fmt::format(" Len={}", range_words(*row.length));
  return info;
}

std::string render_segment_info(const Segment& segment) {
  std::string info = flag_words(segment.flags);
  info += fmt::format(" Seq={}", segment.seq);
  if (segment.has(tcp_flag::kAck)) info += fmt::format(" Ack={}", segment.ack);
  info += fmt::format(" Len={}", segment.payload_size);
  return info;
}

std::string render_datagram_info(const Datagram& datagram) {
  if (datagram.port_unreachable) return "ICMP port unreachable";
  return fmt::format("UDP Len={}", datagram.payload_size);
}

Diagnostic describe_failed_row(const FailedRow& failed) {
  const Row& row = *failed.row;
  const RowResult& result = *failed.result;
  Diagnostic diagnostic;
  diagnostic.message = describe_message(failed);
  diagnostic.label = fmt::format("row {}", row.number);
  const std::string way = direction(row, failed.actor);
  diagnostic.notes.push_back({"expected", way + "  " + render_row_info(row)});
  diagnostic.notes.push_back(
      {"captured", failed.nearest.empty() ? "no such packet" : way + "  " + failed.nearest});
  for (const FieldDifference& difference : result.differences) {
    diagnostic.notes.push_back({"", fmt::format("{}: expected {}, captured {}", difference.field,
                                                difference.expected, difference.captured)});
  }
  if (!result.reason.empty()) diagnostic.notes.push_back({"", result.reason});
  if (!failed.why.empty()) diagnostic.notes.push_back({"why", failed.why});
  return diagnostic;
}

}  // namespace wireproof
