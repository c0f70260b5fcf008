#pragma once

#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "expect/match/align_state.h"

namespace wireproof {

// A cheapest-first search over states, memoised: each state is entered once for its least
// cost. Among states of equal cost the one found last goes on first, so where a table fits, the
// search runs straight through it.
//
// Model offers
//   bool finished(const AlignState&) const;
//   void placements(const AlignState&, std::vector<Move>&) const;  // the table as it stands
//   void repairs(const AlignState&, std::vector<Move>&) const;     // what a wrong capture needs
// and lists the moves to be tried first first.
//
// With a bound of what is left to pay from each state, the search turns to the states whose whole
// way may be cheapest (A*), and leaves those out from which there is none.
template <class Model>
class AlignSearch {
 public:
  enum class Outcome : std::uint8_t { found, none, limit };
  // Never more than what is left; nothing: nothing leads to the end.
  using Rest = std::function<std::optional<std::uint32_t>(const AlignState&)>;

  explicit AlignSearch(const Model& model) : model_(model) {}

  // Without repairs an alignment may cost wrong values and optional rows only.
  Outcome run(const AlignState& start, bool with_repairs, std::size_t max_states,
              const Rest& rest = {}) {
    rest_ = rest;
    nodes_.clear();
    best_.clear();
    buckets_.clear();
    deepest_ = 0;
    with_repairs_ = with_repairs;
    enter(start, kNoParent, Move{.cost = 0, .to = start});
    for (std::size_t cost = 0; cost < buckets_.size(); ++cost) {
      while (!buckets_[cost].empty()) {
        const Entry entry = buckets_[cost].back();
        buckets_[cost].pop_back();
        if (best_.at(nodes_[entry.node].move.to) != entry.node) continue;
        if (model_.finished(nodes_[entry.node].move.to)) {
          end_ = entry.node;
          return Outcome::found;
        }
        if (nodes_.size() > max_states) return Outcome::limit;
        expand(entry);
      }
    }
    return Outcome::none;
  }

  // The moves from the start to the end found.
  std::vector<AlignStep> path() const { return path_to(end_); }
  // To the state with the most placed items for its cost.
  std::vector<AlignStep> deepest_path() const { return path_to(deepest_); }

 private:
  static constexpr std::uint32_t kNoParent = 0xFFFFFFFF;

  struct Node {
    Move move;  // `cost` is the sum from the start here
    std::uint32_t parent = kNoParent;
    std::uint32_t placed = 0;
  };
  struct Entry {
    std::uint32_t node = 0;
    bool repair = false;
  };

  static std::int64_t score(const Node& node) {
    return std::int64_t{node.placed} * move_cost::kMiss - std::int64_t{node.move.cost};
  }

  void push(std::uint32_t cost, Entry entry) {
    if (buckets_.size() <= cost) buckets_.resize(cost + 1);
    buckets_[cost].push_back(entry);
  }

  void enter(const AlignState& state, std::uint32_t parent, Move move) {
    const std::optional<std::uint32_t> left = rest_ ? rest_(state) : std::optional(0U);
    if (!left) return;
    const auto index = static_cast<std::uint32_t>(nodes_.size());
    Node node;
    if (parent != kNoParent) {
      move.cost += nodes_[parent].move.cost;
      node.placed = nodes_[parent].placed + (move.kind == MoveKind::place ? 1 : 0);
    }
    const auto [known, added] = best_.try_emplace(state, index);
    if (!added) {
      if (nodes_[known->second].move.cost <= move.cost) return;
      known->second = index;
    }
    node.move = move;
    node.parent = parent;
    nodes_.push_back(node);
    if (score(node) > score(nodes_[deepest_])) deepest_ = index;
    push(move.cost + *left, {index, false});
  }

  void expand(const Entry& entry) {
    const AlignState state = nodes_[entry.node].move.to;
    moves_.clear();
    if (entry.repair) {
      model_.repairs(state, moves_);
    } else {
      if (with_repairs_) {
        push(nodes_[entry.node].move.cost + move_cost::kLeastRepair, {entry.node, true});
      }
      model_.placements(state, moves_);
    }
    for (auto move = moves_.rbegin(); move != moves_.rend(); ++move) {
      enter(move->to, entry.node, *move);
    }
  }

  std::vector<AlignStep> path_to(std::uint32_t node) const {
    std::vector<AlignStep> steps;
    for (std::uint32_t at = node; nodes_[at].parent != kNoParent; at = nodes_[at].parent) {
      steps.push_back({nodes_[at].move, nodes_[nodes_[at].parent].move.to});
    }
    return {steps.rbegin(), steps.rend()};
  }

  const Model& model_;
  Rest rest_;
  std::vector<Node> nodes_;
  std::unordered_map<AlignState, std::uint32_t, AlignStateHash> best_;
  std::vector<std::vector<Entry>> buckets_;  // by cost, with what is at least left
  std::vector<Move> moves_;
  std::uint32_t end_ = 0;
  std::uint32_t deepest_ = 0;
  bool with_repairs_ = false;
};

}  // namespace wireproof
