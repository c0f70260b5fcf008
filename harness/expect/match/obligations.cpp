#include "expect/match/obligations.h"

#include "expect/match/packet_words.h"
#include "expect/match/row_values.h"

namespace wireproof {
namespace {

std::vector<FieldDifference> written_differences(const Row& row, std::size_t index,
                                                 const TcpConnection& connection) {
  const Segment& segment = connection.segments[index];
  CapturedValues captured;
  captured.seq = segment.numbers.seq;
  captured.segments = {index};
  Row written = row;
  written.length.reset();  // Len=0 says that the row has no data, not that the packet has none
  written.payload.reset();
  Variables none;
  return compare_values(written, captured, connection, {}, none);
}

bool acknowledges(const Segment& segment, const Row& row, std::uint64_t needed) {
  return segment.from == row.from && segment.has(tcp_flag::kAck) && segment.ack >= needed;
}

// The packet that came closest: the last one of the side with the highest acknowledgement.
std::optional<std::size_t> nearest_acknowledgement(const Row& row,
                                                   const TcpConnection& connection) {
  std::optional<std::size_t> nearest;
  for (std::size_t index = 0; index < connection.segments.size(); ++index) {
    const Segment& segment = connection.segments[index];
    if (segment.from != row.from || !segment.has(tcp_flag::kAck)) continue;
    if (!nearest || segment.ack > connection.segments[*nearest].ack) nearest = index;
  }
  return nearest;
}

}  // namespace

std::optional<std::size_t> find_acknowledgement(const Row& row, std::uint64_t needed,
                                                const TcpConnection& connection) {
  std::optional<std::size_t> first;
  const bool writes_values = row.seq || row.ack || row.window || row.mss;
  for (std::size_t index = 0; index < connection.segments.size(); ++index) {
    if (!acknowledges(connection.segments[index], row, needed)) continue;
    if (!writes_values || written_differences(row, index, connection).empty()) return index;
    if (!first) first = index;
  }
  return first;
}

RowResult judge_acknowledgement(const Row& row, const Obligation& obligation,
                                const TcpConnection& connection) {
  RowResult result;
  result.row = obligation.row;
  result.level = row.level;
  if (const auto found = find_acknowledgement(row, obligation.needed, connection)) {
    result.state = RowState::acknowledged;
    result.packets = {connection.segments[*found].packet};
    result.differences = written_differences(row, *found, connection);
    return result;
  }
  result.state = RowState::missing;
  const std::string wanted =
      "no packet of the " + side_words(row.from) + " acknowledges all that the rows above it sent";
  const auto nearest = nearest_acknowledgement(row, connection);
  if (!nearest) {
    result.reason = wanted;
    return result;
  }
  const Segment& segment = connection.segments[*nearest];
  result.nearest = segment.packet;
  result.differences.push_back(
      {"Ack", std::to_string(obligation.needed), std::to_string(segment.ack), row.level});
  result.reason = wanted + ": " + packet_words(segment.packet) + " stops at " +
                  std::to_string(segment.ack) + " of " + std::to_string(obligation.needed);
  return result;
}

}  // namespace wireproof
