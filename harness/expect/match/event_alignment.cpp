#include <set>

#include "expect/match/find_alignment.h"
#include "expect/match/placings.h"

namespace wireproof {
namespace {

// Whether moves that can lead to no perfect layout are left out.
enum class Pruning : std::uint8_t { on, off };

// matching.md §2–4 as moves: a state is how many items of each direction were laid out, and up to
// which position.
class EventAlignment {
 public:
  EventAlignment(const EventTable& table, Pruning pruning) : table_(table), pruning_(pruning) {}

  AlignState start() const {
    return {0, 0, table_.lanes.client.begin(), table_.lanes.server.begin()};
  }

  bool finished(const AlignState& state) const { return items_done(state) && events_done(state); }

  // The moves of a table that fits.
  void placements(const AlignState& state, std::vector<Move>& moves) const {
    const Ready next = ready(state);
    if (next.anything != nullptr) {
      add_anything(state, *next.anything, moves);
      return;
    }
    for (const Item* item : {next.client, next.server}) {
      if (item != nullptr) add_fitting(state, *item, moves);
    }
  }

  // The other direction is at its end, so that everything of it can have been acknowledged.
  AlignState lane(const AlignState& state, Side side) const {
    const Side other = other_side(side);
    AlignState lane = state;
    lane.item(other) = 0;
    lane.position(other) = table_.lanes.of(other).end();
    return lane;
  }

  bool lane_finished(const AlignState& state, Side side) const {
    return next_item(state, side) == nullptr && state.position(side) >= table_.lanes.of(side).end();
  }

  void lane_moves(const AlignState& state, Side side, std::vector<Move>& moves) const {
    const Item* const item = next_item(state, side);
    if (item == nullptr) return;
    if (!item->anything) {
      add_fitting(state, *item, moves);
      return;
    }
    Move leave{.kind = MoveKind::leave, .side = side, .to = state};
    ++leave.to.item(side);
    moves.push_back(leave);
    const Piece* const piece = table_.lanes.of(side).piece_at(state.position(side));
    if (piece == nullptr || piece->kind == EventKind::rst) return;
    Move absorb{.kind = MoveKind::absorb, .side = side, .to = state};
    absorb.to.position(side) = table_.lanes.of(side).settle(piece->end);
    moves.push_back(absorb);
  }

  // The moves by which a capture that does not fit its table is explained all the same.
  void repairs(const AlignState& state, std::vector<Move>& moves) const {
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

 private:
  // The items that may come next: at most one of each direction, or a `…`.
  struct Ready {
    const Item* client = nullptr;
    const Item* server = nullptr;
    const Item* anything = nullptr;
  };
  enum class Causality : std::uint8_t { kept, broken };

  bool by_segments() const { return table_.context.strictness == Strictness::segments; }

  bool items_done(const AlignState& state) const {
    return state.client_item == table_.plan.client.items.size() &&
           state.server_item == table_.plan.server.items.size();
  }

  bool events_done(const AlignState& state) const {
    return state.client_position >= table_.lanes.client.end() &&
           state.server_position >= table_.lanes.server.end();
  }

  const Item* next_item(const AlignState& state, Side side) const {
    const ItemLane& lane = table_.plan.lane(side);
    const std::uint32_t place = state.item(side);
    return place < lane.items.size() ? &table_.plan.items[lane.items[place]] : nullptr;
  }

  // Whether the rows of the other direction that the table has above a side's next row are done.
  bool is_due(const AlignState& state, Side side) const {
    const Item* item = next_item(state, side);
    if (item == nullptr || item->anything) return false;
    if (item->any_order) return true;
    const Side other = other_side(side);
    const auto own_index = static_cast<std::size_t>(item - table_.plan.items.data());
    return table_.plan.lane(other).next_ordered[state.item(other)] > own_index;
  }

  Ready ready(const AlignState& state) const {
    const Item* client = next_item(state, Side::client);
    const Item* server = next_item(state, Side::server);
    if (client != nullptr && client == server) return {nullptr, nullptr, client};
    return {is_due(state, Side::client) ? client : nullptr,
            is_due(state, Side::server) ? server : nullptr, nullptr};
  }

  // Where the item is, or may be missing.
  void add_fitting(const AlignState& state, const Item& item, std::vector<Move>& moves) const {
    add_places(state, item, Causality::kept, moves);
    if (item.level == Level::must) return;
    add_wrong_sizes(state, item, moves);
    add_miss(state, item, moves);
  }

  // `…` takes any event that causality allows, but never an RST (matching.md §4).
  void add_anything(const AlignState& state, const Item& item, std::vector<Move>& moves) const {
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

  void add_places(const AlignState& state, const Item& item, Causality causality,
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
    for (const ItemEnd end : find_ends(table_, item, state.position(item.from))) {
      add_place(state, item, end, causality, moves);
    }
  }

  void add_place(const AlignState& state, const Item& item, ItemEnd end, Causality causality,
                 std::vector<Move>& moves) const {
    const std::uint64_t begin = state.position(item.from);
    Move move = make_move(MoveKind::place, state, item, end.position);
    if (end.stays) --move.to.item(item.from);
    // matching.md §2: an event may be placed once all that its segment acknowledges was placed. A
    // row that is not ordered against the other direction may have fallen in the middle of one
    // there.
    const std::uint64_t needed = table_.lanes.of(item.from).needed_ack(begin, end.position);
    move.early = !item.any_order && needed > state.position(other_side(item.from));
    if (move.early != (causality == Causality::broken)) return;
    if (move.early) move.cost += move_cost::kEarly;
    if (!end.stays && pruning_ == Pruning::on && leaves_too_much(move.to, item.from)) return;
    if (!end.stays && !payload_matches(table_, item, begin, end.position)) {
      move.cost += item.level == Level::must ? move_cost::kValue : move_cost::kOptionalValue;
    }
    moves.push_back(move);
  }

  bool leaves_too_much(const AlignState& to, Side side) const {
    return table_.lanes.of(side).bytes_left(to.position(side)) >
           table_.plan.lane(side).bytes_after[to.item(side)];
  }

  // Segments mode: what one segment contributed is one item.
  void add_segment_place(const AlignState& state, const Item& item, Causality causality,
                         std::vector<Move>& moves) const {
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

  // An RST ends what the table lets end with FIN, or go on with data; a FIN where the table has
  // RST.
  void add_substitutes(const AlignState& state, const Item& item, std::vector<Move>& moves) const {
    const Piece* piece = table_.lanes.of(item.from).piece_at(state.position(item.from));
    if (piece == nullptr || item.has(piece->kind)) return;
    const bool has_reset = piece->kind == EventKind::rst;
    const bool fin_for_rst =
        piece->kind == EventKind::fin && item.kinds == kind_bit(EventKind::rst);
    if (!has_reset && !fin_for_rst) return;
    Move move = make_move(MoveKind::substitute, state, item, piece->end);
    const bool ends = item.has(EventKind::fin) || item.has(EventKind::rst);
    move.cost = ends ? move_cost::kSubstitute : move_cost::kSubstituteBytes;
    moves.push_back(move);
  }

  void add_unexpected(const AlignState& state, Side side, std::vector<Move>& moves) const {
    const Lane& lane = table_.lanes.of(side);
    const Piece* piece = lane.piece_at(state.position(side));
    if (piece == nullptr) return;
    Move move{.kind = MoveKind::unexpected, .side = side, .to = state};
    const bool is_rest = piece->begin < state.position(side);
    move.cost = is_rest ? move_cost::kUnexpectedRest : move_cost::kUnexpected;
    move.to.position(side) = lane.settle(piece->end);
    moves.push_back(move);
  }

  void add_miss(const AlignState& state, const Item& item, std::vector<Move>& moves) const {
    Move move = make_move(MoveKind::miss, state, item, state.position(item.from));
    move.cost = item.level == Level::must ? move_cost::kMiss : move_cost::kOptionalMiss;
    moves.push_back(move);
  }

  // The bytes end with the next segment, with the segment that holds the expected end, or with the
  // run: one of these is what a sender that sent another size did.
  void add_wrong_sizes(const AlignState& state, const Item& item, std::vector<Move>& moves) const {
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
    std::set<std::uint64_t> ends{piece->end, limit};
    if (expected < limit) ends.insert(lane.piece_at(expected)->end);
    for (const std::uint64_t end : ends) {
      const std::uint64_t size = end - begin;
      if (item.size ? size == *item.size : item.limits->contains(size)) continue;
      add_wrong_size(state, item, end, moves);
    }
  }

  void add_wrong_size(const AlignState& state, const Item& item, std::uint64_t end,
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
  void add_wrong_segment(const AlignState& state, const Item& item,
                         std::vector<Move>& moves) const {
    const Lane& lane = table_.lanes.of(item.from);
    const std::size_t first = lane.piece_index(state.position(item.from));
    if (first == lane.pieces().size() || lane.pieces()[first].kind != EventKind::bytes) return;
    add_wrong_size(state, item, lane.pieces()[lane.unit_end(first) - 1].end, moves);
  }

  // One side is used up, so the rest of the other is wrong as a whole.
  void add_give_up(const AlignState& state, std::vector<Move>& moves) const {
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

  Move make_move(MoveKind kind, const AlignState& state, const Item& item,
                 std::uint64_t end) const {
    Move move{.kind = kind, .side = item.from, .to = state};
    move.item = static_cast<std::uint32_t>(&item - table_.plan.items.data());
    move.to.position(item.from) = table_.lanes.of(item.from).settle(end);
    ++move.to.item(item.from);
    return move;
  }

  const EventTable& table_;
  Pruning pruning_;
};

}  // namespace

FoundAlignment align_events(const EventTable& table) {
  const EventAlignment strict(table, Pruning::on);
  const EventAlignment lenient(table, Pruning::off);
  return find_alignment(strict, lenient, strict.start());
}

}  // namespace wireproof
