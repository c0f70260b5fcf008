#pragma once

#include <vector>

#include "expect/match/align_state.h"
#include "expect/match/event_table.h"

namespace wireproof {

// Whether moves that can lead to no perfect layout are left out.
enum class Pruning : std::uint8_t { on, off };

// matching.md §2–4 as moves: a state is how many items of each direction were laid out, and up to
// which position.
class EventAlignment {
 public:
  // The table must outlive it.
  EventAlignment(const EventTable& table, Pruning pruning) : table_(table), pruning_(pruning) {}

  AlignState start() const;
  bool finished(const AlignState& state) const;
  void placements(const AlignState& state, std::vector<Move>& moves) const;
  void repairs(const AlignState& state, std::vector<Move>& moves) const;

 private:
  // The items that may come next: at most one of each direction, or a `…`.
  struct Ready {
    const Item* client = nullptr;
    const Item* server = nullptr;
    const Item* anything = nullptr;
  };
  enum class Causality : std::uint8_t { kept, broken };
  // Where an item of bytes may end; `stays`: it goes on behind.
  struct End {
    std::uint64_t position = 0;
    bool stays = false;
  };

  Ready ready(const AlignState& state) const;
  bool is_due(const AlignState& state, Side side) const;
  const Item* next_item(const AlignState& state, Side side) const;
  void add_anything(const AlignState& state, const Item& item, std::vector<Move>& moves) const;
  void add_places(const AlignState& state, const Item& item, Causality causality,
                  std::vector<Move>& moves) const;
  void add_place(const AlignState& state, const Item& item, End end, Causality causality,
                 std::vector<Move>& moves) const;
  std::vector<End> bytes_ends(const AlignState& state, const Item& item) const;
  std::vector<End> open_ends(const Item& item, std::uint64_t begin, std::uint64_t limit) const;
  std::vector<End> payload_ends(const Item& item, std::uint64_t begin, std::uint64_t limit) const;
  void add_boundaries(const Item& item, Range positions, std::uint64_t limit,
                      std::vector<End>& ends) const;
  void add_segment_place(const AlignState& state, const Item& item, Causality causality,
                         std::vector<Move>& moves) const;
  void add_wrong_sizes(const AlignState& state, const Item& item, std::vector<Move>& moves) const;
  void add_wrong_size(const AlignState& state, const Item& item, std::uint64_t end,
                      std::vector<Move>& moves) const;
  void add_wrong_segment(const AlignState& state, const Item& item, std::vector<Move>& moves) const;
  void add_substitutes(const AlignState& state, const Item& item, std::vector<Move>& moves) const;
  void add_miss(const AlignState& state, const Item& item, std::vector<Move>& moves) const;
  void add_unexpected(const AlignState& state, Side side, std::vector<Move>& moves) const;
  void add_give_up(const AlignState& state, std::vector<Move>& moves) const;
  Move make_move(MoveKind kind, const AlignState& state, const Item& item, std::uint64_t end) const;
  bool leaves_too_much(const AlignState& to, Side side) const;
  bool payload_matches(const Item& item, std::uint64_t begin, std::uint64_t end) const;
  bool items_done(const AlignState& state) const;
  bool events_done(const AlignState& state) const;
  bool by_segments() const { return table_.context.strictness == Strictness::segments; }

  const EventTable& table_;
  Pruning pruning_;
};

}  // namespace wireproof
