#include "expect/match/match.h"

#include <algorithm>

#include "expect/match/placings.h"
#include "expect/match/plain_match.h"

namespace wireproof {

bool RowResult::failed(Level at_least) const {
  if (is_structural() && level <= at_least) return true;
  return std::ranges::any_of(differences, [&](const FieldDifference& difference) {
    return std::max(level, difference.level) <= at_least;
  });
}

bool accounts_for_all(const MatchResult& result) {
  if (!result.beyond_limit.empty()) return false;
  const bool rows_hold = std::ranges::none_of(
      result.rows, [](const RowResult& row) { return row.failed(Level::must); });
  const bool packets_known = std::ranges::none_of(result.packets, [](const PacketResult& packet) {
    return packet.state == PacketState::unexpected;
  });
  return rows_hold && packets_known;
}

std::string packet_words(std::size_t packet) {
  return "packet " + std::to_string(packet + 1);
}

std::string row_words(const Row& row) {
  return "row " + std::to_string(row.number);
}

std::string range_words(const Range& range) {
  const std::string least = std::to_string(range.least);
  return range.least == range.most ? least : least + ".." + std::to_string(range.most);
}

std::string side_words(Side side) {
  return side == Side::client ? "client" : "server";
}

std::string event_words(EventKind kind) {
  switch (kind) {
    case EventKind::open:
      return "SYN";
    case EventKind::bytes:
      return "data";
    case EventKind::fin:
      return "FIN";
    case EventKind::rst:
      return "RST";
  }
  return "";
}

std::string fate_words(PacketFate fate) {
  constexpr const char* kFates[] = {"arrived",   "lost", "late",     "twice",
                                    "corrupted", "cut",  "corrupted"};
  return kFates[static_cast<std::size_t>(fate)];
}

std::string limit_words(std::span<const Row> rows, std::size_t row, const std::string& things) {
  if (rows.empty()) return {};
  return "at " + row_words(rows[std::min(row, rows.size() - 1)]) + " there are more than " +
         std::to_string(kMaxAlignStates) + " ways to lay out the " + things;
}

namespace {

// The row at which a search that gave up had arrived.
std::size_t limit_row(const ItemPlan& plan, const AlignState& state) {
  std::size_t item = plan.items.size();
  for (const Side side : {Side::client, Side::server}) {
    const ItemLane& lane = plan.lane(side);
    const std::uint32_t place = state.item(side);
    if (place < lane.items.size()) item = std::min(item, lane.items[place]);
  }
  if (item == plan.items.size()) --item;
  return plan.items[item].row;
}

}  // namespace

MatchResult match_tcp(std::span<const Row> rows, const TcpConnection& connection,
                      const MatchContext& context) {
  if (context.strictness == Strictness::exact) return match_exact(rows, connection, context);
  const EventTable table{rows, connection, context};
  const FoundAlignment found = align_events(table);
  MatchResult result;
  judge_events(table, read_placings(table, found.steps), result);
  if (found.gave_up_at && !table.plan.items.empty()) {
    result.beyond_limit = limit_words(rows, limit_row(table.plan, *found.gave_up_at), "packets");
  }
  result.matched = accounts_for_all(result);
  result.variants = find_variants(table, result);
  result.history = render_history(connection);
  return result;
}

}  // namespace wireproof
