// The moves by which a capture that does not fit its table is explained all the same.
#include <algorithm>

#include "expect/match/event_alignment.h"

namespace wireproof {

void EventAlignment::repairs(const AlignState& state, std::vector<Move>& moves) const {
  if (items_done(state) || events_done(state)) {
    add_give_up(state, moves);
    if (items_done(state)) return;
  }
  const Ready next = ready(state);
  for (const Item* item : {next.client, next.server}) {
    if (item != nullptr) add_substitutes(state, *item, moves);
  }
  for (const Side side : {Side::client, Side::server}) add_unexpected(state, side, moves);
  for (const Item* item : {next.client, next.server}) {
    if (item == nullptr) continue;
    add_places(state, *item, Causality::broken, moves);
    if (item->level != Level::must) continue;
    add_miss(state, *item, moves);
    add_wrong_sizes(state, *item, moves);
  }
}

// An RST ends what the table lets end with FIN, or go on with data; a FIN where the table has RST.
void EventAlignment::add_substitutes(const AlignState& state, const Item& item,
                                     std::vector<Move>& moves) const {
  const Piece* piece = table_.lanes.of(item.from).piece_at(state.position(item.from));
  if (piece == nullptr || item.has(piece->kind)) return;
  const bool has_reset = piece->kind == EventKind::rst;
  const bool fin_for_rst = piece->kind == EventKind::fin && item.kinds == kind_bit(EventKind::rst);
  if (!has_reset && !fin_for_rst) return;
  Move move = make_move(MoveKind::substitute, state, item, piece->end);
  const bool ends = item.has(EventKind::fin) || item.has(EventKind::rst);
  move.cost = ends ? move_cost::kSubstitute : move_cost::kSubstituteBytes;
  moves.push_back(move);
}

void EventAlignment::add_unexpected(const AlignState& state, Side side,
                                    std::vector<Move>& moves) const {
  const Lane& lane = table_.lanes.of(side);
  const Piece* piece = lane.piece_at(state.position(side));
  if (piece == nullptr) return;
  Move move{.kind = MoveKind::unexpected, .side = side, .to = state};
  const bool is_rest = piece->begin < state.position(side);
  move.cost = is_rest ? move_cost::kUnexpectedRest : move_cost::kUnexpected;
  move.to.position(side) = lane.settle(piece->end);
  moves.push_back(move);
}

void EventAlignment::add_miss(const AlignState& state, const Item& item,
                              std::vector<Move>& moves) const {
  Move move = make_move(MoveKind::miss, state, item, state.position(item.from));
  move.cost = item.level == Level::must ? move_cost::kMiss : move_cost::kOptionalMiss;
  moves.push_back(move);
}

// The bytes end with the next segment, with the segment that holds the expected end, or with the
// run: one of these is what a sender that sent another size did.
void EventAlignment::add_wrong_sizes(const AlignState& state, const Item& item,
                                     std::vector<Move>& moves) const {
  if (!item.has(EventKind::bytes)) return;
  if (by_segments()) {
    add_wrong_segment(state, item, moves);
    return;
  }
  const Lane& lane = table_.lanes.of(item.from);
  const std::uint64_t begin = state.position(item.from);
  const Piece* piece = lane.piece_at(begin);
  if (piece == nullptr || piece->kind != EventKind::bytes) return;
  if (!item.size && !item.limits) return;
  const std::uint64_t limit = lane.bytes_end(begin);
  const std::uint64_t expected = begin + item.size.value_or(item.limits ? item.limits->most : 0);
  std::vector<std::uint64_t> ends{piece->end, limit};
  if (expected < limit) ends.push_back(lane.piece_at(expected)->end);
  std::ranges::sort(ends);
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  for (const std::uint64_t end : ends) {
    const std::uint64_t size = end - begin;
    if (item.size ? size == *item.size : item.limits->contains(size)) continue;
    add_wrong_size(state, item, end, moves);
  }
}

void EventAlignment::add_wrong_size(const AlignState& state, const Item& item, std::uint64_t end,
                                    std::vector<Move>& moves) const {
  Move move = make_move(MoveKind::place, state, item, end);
  const std::uint64_t needed =
      table_.lanes.of(item.from).needed_ack(state.position(item.from), end);
  move.early = needed > state.position(other_side(item.from));
  if (move.early && item.level != Level::must) return;
  move.cost = item.level == Level::must ? move_cost::kWrongSize : move_cost::kOptionalSize;
  if (move.early) move.cost += move_cost::kEarly;
  moves.push_back(move);
}

// Segments mode: a data segment of another size, or with other kinds of event.
void EventAlignment::add_wrong_segment(const AlignState& state, const Item& item,
                                       std::vector<Move>& moves) const {
  const Lane& lane = table_.lanes.of(item.from);
  const std::size_t first = lane.piece_index(state.position(item.from));
  if (first == lane.pieces().size() || lane.pieces()[first].kind != EventKind::bytes) return;
  add_wrong_size(state, item, lane.pieces()[lane.unit_end(first) - 1].end, moves);
}

// One side is used up, so the rest of the other is wrong as a whole.
void EventAlignment::add_give_up(const AlignState& state, std::vector<Move>& moves) const {
  std::uint64_t left = 0;
  for (const Side side : {Side::client, Side::server}) {
    const ItemLane& items = table_.plan.lane(side);
    for (std::size_t place = state.item(side); place < items.items.size(); ++place) {
      if (table_.plan.items[items.items[place]].level == Level::must) ++left;
    }
    const Lane& lane = table_.lanes.of(side);
    left += lane.pieces().size() - lane.piece_index(state.position(side));
  }
  Move move{.kind = MoveKind::give_up, .cost = give_up_cost(left), .to = state};
  for (const Side side : {Side::client, Side::server}) {
    move.to.item(side) = static_cast<std::uint32_t>(table_.plan.lane(side).items.size());
    move.to.position(side) = table_.lanes.of(side).end();
  }
  moves.push_back(move);
}

}  // namespace wireproof
