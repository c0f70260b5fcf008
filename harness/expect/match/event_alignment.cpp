// The moves of a table that fits; event_repairs.cpp has those of one that does not.
#include "expect/match/event_alignment.h"

#include <algorithm>

namespace wireproof {

AlignState EventAlignment::start() const {
  return {0, 0, table_.lanes.client.begin(), table_.lanes.server.begin()};
}

bool EventAlignment::items_done(const AlignState& state) const {
  return state.client_item == table_.plan.client.items.size() &&
         state.server_item == table_.plan.server.items.size();
}

bool EventAlignment::events_done(const AlignState& state) const {
  return state.client_position >= table_.lanes.client.end() &&
         state.server_position >= table_.lanes.server.end();
}

bool EventAlignment::finished(const AlignState& state) const {
  return items_done(state) && events_done(state);
}

const Item* EventAlignment::next_item(const AlignState& state, Side side) const {
  const ItemLane& lane = table_.plan.lane(side);
  const std::uint32_t place = state.item(side);
  return place < lane.items.size() ? &table_.plan.items[lane.items[place]] : nullptr;
}

// Whether the rows of the other direction that the table has above a side's next row are done.
bool EventAlignment::is_due(const AlignState& state, Side side) const {
  const Item* item = next_item(state, side);
  if (item == nullptr || item->anything) return false;
  if (item->any_order) return true;
  const Side other = other_side(side);
  const auto own_index = static_cast<std::size_t>(item - table_.plan.items.data());
  return table_.plan.lane(other).next_ordered[state.item(other)] > own_index;
}

EventAlignment::Ready EventAlignment::ready(const AlignState& state) const {
  const Item* client = next_item(state, Side::client);
  const Item* server = next_item(state, Side::server);
  if (client != nullptr && client == server) return {nullptr, nullptr, client};
  return {is_due(state, Side::client) ? client : nullptr,
          is_due(state, Side::server) ? server : nullptr, nullptr};
}

void EventAlignment::placements(const AlignState& state, std::vector<Move>& moves) const {
  const Ready next = ready(state);
  if (next.anything != nullptr) {
    add_anything(state, *next.anything, moves);
    return;
  }
  for (const Item* item : {next.client, next.server}) {
    if (item == nullptr) continue;
    add_places(state, *item, Causality::kept, moves);
    if (item->level == Level::must) continue;
    add_wrong_sizes(state, *item, moves);
    add_miss(state, *item, moves);
  }
}

// `…` takes any event that causality allows, but never an RST (matching.md §4).
void EventAlignment::add_anything(const AlignState& state, const Item& item,
                                  std::vector<Move>& moves) const {
  const bool is_last = state.client_item + 1 == table_.plan.client.items.size() &&
                       state.server_item + 1 == table_.plan.server.items.size();
  Move leave{.kind = MoveKind::leave, .to = state};
  leave.item = static_cast<std::uint32_t>(&item - table_.plan.items.data());
  ++leave.to.client_item;
  ++leave.to.server_item;
  const bool leave_first = !is_last || events_done(state);
  if (leave_first) moves.push_back(leave);
  for (const Side side : {Side::client, Side::server}) {
    const Lane& lane = table_.lanes.of(side);
    const Piece* piece = lane.piece_at(state.position(side));
    if (piece == nullptr || piece->kind == EventKind::rst) continue;
    if (piece->ack > state.position(other_side(side))) continue;
    Move move{.kind = MoveKind::absorb, .side = side, .item = leave.item, .to = state};
    move.to.position(side) = lane.settle(piece->end);
    moves.push_back(move);
    // With no row behind, the order in which events are taken makes no difference.
    if (is_last) break;
  }
  if (!leave_first) moves.push_back(leave);
}

Move EventAlignment::make_move(MoveKind kind, const AlignState& state, const Item& item,
                               std::uint64_t end) const {
  Move move{.kind = kind, .side = item.from, .to = state};
  move.item = static_cast<std::uint32_t>(&item - table_.plan.items.data());
  move.to.position(item.from) = table_.lanes.of(item.from).settle(end);
  ++move.to.item(item.from);
  return move;
}

void EventAlignment::add_places(const AlignState& state, const Item& item, Causality causality,
                                std::vector<Move>& moves) const {
  const Piece* piece = table_.lanes.of(item.from).piece_at(state.position(item.from));
  if (piece == nullptr) return;
  if (by_segments()) {
    add_segment_place(state, item, causality, moves);
    return;
  }
  if (!item.has(piece->kind)) return;
  if (piece->kind != EventKind::bytes) {
    add_place(state, item, {piece->end}, causality, moves);
    return;
  }
  for (const End& end : bytes_ends(state, item)) add_place(state, item, end, causality, moves);
}

void EventAlignment::add_place(const AlignState& state, const Item& item, End end,
                               Causality causality, std::vector<Move>& moves) const {
  const std::uint64_t begin = state.position(item.from);
  Move move = make_move(MoveKind::place, state, item, end.position);
  if (end.stays) --move.to.item(item.from);
  // matching.md §2: an event may be placed once all that its segment acknowledges was placed. A row
  // that is not ordered against the other direction may have fallen in the middle of one there.
  const std::uint64_t needed = table_.lanes.of(item.from).needed_ack(begin, end.position);
  move.early = !item.any_order && needed > state.position(other_side(item.from));
  if (move.early != (causality == Causality::broken)) return;
  if (move.early) move.cost += move_cost::kEarly;
  if (!end.stays && pruning_ == Pruning::on && leaves_too_much(move.to, item.from)) return;
  if (!end.stays && !payload_matches(item, begin, end.position)) {
    move.cost += item.level == Level::must ? move_cost::kValue : move_cost::kOptionalValue;
  }
  moves.push_back(move);
}

bool EventAlignment::leaves_too_much(const AlignState& to, Side side) const {
  return table_.lanes.of(side).bytes_left(to.position(side)) >
         table_.plan.lane(side).bytes_after[to.item(side)];
}

bool EventAlignment::payload_matches(const Item& item, std::uint64_t begin,
                                     std::uint64_t end) const {
  const Row& row = table_.rows[item.row];
  if (!row.payload || !item.has(EventKind::bytes)) return true;
  Variables variables = context_variables(table_.context);
  return !compare_message(*row.payload, context_layouts(table_.context), variables,
                          stream_bytes(table_.connection, item.from, begin, end));
}

std::vector<EventAlignment::End> EventAlignment::bytes_ends(const AlignState& state,
                                                            const Item& item) const {
  const std::uint64_t begin = state.position(item.from);
  const std::uint64_t limit = table_.lanes.of(item.from).bytes_end(begin);
  if (item.size) {
    if (begin + *item.size > limit) return {};
    return {{begin + *item.size}};
  }
  std::vector<End> ends;
  if (item.limits) {
    const std::uint64_t least = std::max<std::uint64_t>(item.limits->least, 1);
    const std::uint64_t most = std::min(item.limits->most, limit - begin);
    add_boundaries(item, {begin + least, begin + most}, limit, ends);
    return ends;
  }
  return item.payload != nullptr ? payload_ends(item, begin, limit) : open_ends(item, begin, limit);
}

// One or more whole segments: each state takes the next one and ends or stays.
std::vector<EventAlignment::End> EventAlignment::open_ends(const Item& item, std::uint64_t begin,
                                                           std::uint64_t limit) const {
  std::vector<End> ends;
  const std::uint64_t boundary = table_.lanes.of(item.from).piece_at(begin)->end;
  add_boundaries(item, {begin + 1, boundary}, limit, ends);
  // Two items of unknown size may share a segment.
  if (item.unknown_size_after && boundary > begin + 1) ends.push_back({begin + 1});
  if (boundary < limit) ends.push_back({boundary, true});
  return ends;
}

// A message whose bytes tell its size ends there. Where they do not, or are wrong, it may end with
// one of the next segments or with the run.
std::vector<EventAlignment::End> EventAlignment::payload_ends(const Item& item, std::uint64_t begin,
                                                              std::uint64_t limit) const {
  constexpr std::size_t kMaxTriedSegments = 8;
  std::vector<End> ends;
  const ByteView bytes = stream_bytes(table_.connection, item.from, begin, limit);
  if (const auto size = read_message_size(*item.payload, table_.context, bytes)) {
    ends.push_back({begin + *size});
    if (payload_matches(item, begin, begin + *size)) return ends;
  }
  const Lane& lane = table_.lanes.of(item.from);
  std::uint64_t boundary = begin;
  for (std::size_t count = 0; count < kMaxTriedSegments && boundary < limit; ++count) {
    boundary = lane.piece_at(boundary)->end;
  }
  add_boundaries(item, {begin + 1, boundary}, limit, ends);
  if (boundary < limit) add_boundaries(item, {limit, limit}, limit, ends);
  return ends;
}

// Adds the ends within `positions` from which the items of known size behind reach the end of a
// segment.
void EventAlignment::add_boundaries(const Item& item, Range positions, std::uint64_t limit,
                                    std::vector<End>& ends) const {
  if (positions.least > positions.most) return;
  const Lane& lane = table_.lanes.of(item.from);
  const std::uint64_t after = item.known_size_after;
  for (std::size_t index = lane.piece_index(positions.least + after - 1);
       index < lane.pieces().size(); ++index) {
    const std::uint64_t boundary = lane.pieces()[index].end;
    if (boundary > limit || boundary > positions.most + after) break;
    if (boundary >= positions.least + after) ends.push_back({boundary - after});
  }
}

// Segments mode: what one segment contributed is one item.
void EventAlignment::add_segment_place(const AlignState& state, const Item& item,
                                       Causality causality, std::vector<Move>& moves) const {
  const Lane& lane = table_.lanes.of(item.from);
  const std::size_t first = lane.piece_index(state.position(item.from));
  const std::size_t behind = lane.unit_end(first);
  KindSet kinds = 0;
  std::uint64_t size = 0;
  for (std::size_t index = first; index < behind; ++index) {
    const Piece& piece = lane.pieces()[index];
    kinds |= kind_bit(piece.kind);
    if (piece.kind == EventKind::bytes) size += piece.end - piece.begin;
  }
  if (kinds != item.kinds) return;
  if (item.size && *item.size != size) return;
  if (item.limits && !item.limits->contains(size)) return;
  add_place(state, item, {lane.pieces()[behind - 1].end}, causality, moves);
}

}  // namespace wireproof
