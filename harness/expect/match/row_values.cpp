#include "expect/match/row_values.h"

#include <algorithm>
#include <utility>

#include "expect/match/event_table.h"

namespace wireproof {

std::optional<FieldDifference> compare_length(const Row& row, std::uint64_t size,
                                              const MatchContext& context) {
  std::optional<Range> wanted = row.length;
  if (!wanted || wanted->contains(size)) {
    if (const auto known = known_size(row, context)) wanted = Range{*known, *known};
  }
  if (!wanted || wanted->contains(size)) return std::nullopt;
  return FieldDifference{"Len", range_words(*wanted), std::to_string(size), row.level};
}

std::optional<FieldDifference> compare_payload(const Row& row, ByteView payload,
                                               const MatchContext& context, Variables& variables) {
  if (!row.payload) return std::nullopt;
  const auto mismatch = compare_message(*row.payload, *context.layouts, variables, payload);
  if (!mismatch) return std::nullopt;
  const std::string place =
      mismatch->field.empty() ? "byte " + std::to_string(mismatch->offset) : mismatch->field;
  return FieldDifference{"Payload " + place, mismatch->expected, mismatch->captured, row.level};
}

std::vector<FieldDifference> compare_values(const Row& row, const CapturedValues& captured,
                                            const TcpConnection& connection,
                                            const MatchContext& context, Variables& variables) {
  std::vector<FieldDifference> differences;
  if (auto length = compare_length(row, captured.size, context)) {
    differences.push_back(std::move(*length));
  }
  if (auto payload = compare_payload(row, captured.payload, context, variables)) {
    differences.push_back(std::move(*payload));
  }
  if (row.seq && std::cmp_not_equal(*row.seq, captured.seq)) {
    differences.push_back(
        {"Seq", std::to_string(*row.seq), std::to_string(captured.seq), row.level});
  }
  if (captured.segments.empty()) return differences;
  // What each segment has of its own: any segment of the row meets it.
  const auto compare = [&](const char* field, std::string expected, auto matches, auto show) {
    const bool met = std::ranges::any_of(
        captured.segments, [&](std::size_t index) { return matches(connection.segments[index]); });
    if (met) return;
    const Segment& first = connection.segments[captured.segments.front()];
    differences.push_back({field, std::move(expected), show(first), row.level});
  };
  if (row.ack) {
    compare(
        "Ack", std::to_string(*row.ack),
        [&](const Segment& segment) { return std::cmp_equal(segment.numbers.ack, *row.ack); },
        [](const Segment& segment) { return std::to_string(segment.numbers.ack); });
  }
  if (row.window) {
    compare(
        "Win", range_words(*row.window),
        [&](const Segment& segment) { return row.window->contains(segment.numbers.window_bytes); },
        [](const Segment& segment) { return std::to_string(segment.numbers.window_bytes); });
  }
  if (row.mss) {
    compare(
        "MSS", std::to_string(*row.mss),
        [&](const Segment& segment) { return segment.mss == row.mss; },
        [](const Segment& segment) { return segment.mss ? std::to_string(*segment.mss) : "none"; });
  }
  std::vector<PacketFate> fates;
  for (const std::size_t index : captured.segments) {
    fates.push_back(connection.segments[index].fate);
  }
  if (auto fate = compare_fate(row, fates, context)) differences.push_back(std::move(*fate));
  return differences;
}

std::optional<FieldDifference> compare_fate(const Row& row, std::span<const PacketFate> fates,
                                            const MatchContext& context) {
  if (!row.fate || context.fates == FateCells::unknown) return std::nullopt;
  const auto differs = [&](PacketFate fate) { return fate_words(fate) != fate_words(*row.fate); };
  const auto other = std::ranges::find_if(fates, differs);
  if (other == fates.end()) return std::nullopt;
  const bool some = !std::ranges::all_of(fates, differs);
  if (some && *row.fate != PacketFate::arrived) return std::nullopt;
  return FieldDifference{"Fate", fate_words(*row.fate), fate_words(*other), row.level};
}

std::optional<FieldDifference> compare_push(const Row& row, const CapturedValues& captured,
                                            const TcpConnection& connection) {
  if ((row.flags & tcp_flag::kPsh) == 0 || captured.run_segments.empty()) return std::nullopt;
  const bool pushed = std::ranges::any_of(captured.run_segments, [&](std::size_t index) {
    return connection.segments[index].has(tcp_flag::kPsh);
  });
  if (pushed) return std::nullopt;
  return FieldDifference{"PSH", "set", "not set", std::max(row.level, Level::should)};
}

namespace {

std::vector<FieldDifference> written_differences(const Row& row, std::size_t index,
                                                 const TcpConnection& connection,
                                                 const MatchContext& context) {
  const Segment& segment = connection.segments[index];
  CapturedValues captured;
  captured.seq = segment.numbers.seq;
  captured.segments = {index};
  Row written = row;
  written.length.reset();  // Len=0 says that the row has no data, not that the packet has none
  written.payload.reset();
  Variables none;
  return compare_values(written, captured, connection, context, none);
}

bool may_acknowledge(const Segment& segment, const Row& row) {
  return segment.from == row.from && segment.has(tcp_flag::kAck) && !is_refused(segment.repeat);
}

bool acknowledges(const Segment& segment, const Row& row, std::uint64_t needed) {
  return may_acknowledge(segment, row) && segment.ack >= needed;
}

// The packet that came closest: the last one of the side with the highest acknowledgement.
std::optional<std::size_t> nearest_acknowledgement(const Row& row,
                                                   const TcpConnection& connection) {
  std::optional<std::size_t> nearest;
  for (std::size_t index = 0; index < connection.segments.size(); ++index) {
    const Segment& segment = connection.segments[index];
    if (!may_acknowledge(segment, row)) continue;
    if (!nearest || segment.ack > connection.segments[*nearest].ack) nearest = index;
  }
  return nearest;
}

// The first segment that meets the obligation and the values that the row writes; else the first
// that meets the obligation alone; nothing when none does.
std::optional<std::size_t> find_acknowledgement(const Row& row, std::uint64_t needed,
                                                const TcpConnection& connection,
                                                const MatchContext& context) {
  std::optional<std::size_t> first;
  const bool writes_values = row.seq || row.ack || row.window || row.mss || row.fate;
  for (std::size_t index = 0; index < connection.segments.size(); ++index) {
    if (!acknowledges(connection.segments[index], row, needed)) continue;
    if (!writes_values) return index;
    if (written_differences(row, index, connection, context).empty()) return index;
    if (!first) first = index;
  }
  return first;
}

}  // namespace

RowResult judge_acknowledgement(const Row& row, std::size_t index, std::uint64_t needed,
                                const TcpConnection& connection, const MatchContext& context) {
  RowResult result;
  result.row = index;
  result.level = row.level;
  if (const auto found = find_acknowledgement(row, needed, connection, context)) {
    result.state = RowState::acknowledged;
    result.packets = {connection.segments[*found].packet};
    result.differences = written_differences(row, *found, connection, context);
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
      {"Ack", std::to_string(needed), std::to_string(segment.ack), row.level});
  result.reason = wanted + ": " + packet_words(segment.packet) + " stops at " +
                  std::to_string(segment.ack) + " of " + std::to_string(needed);
  return result;
}

}  // namespace wireproof
