#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <vector>

#include "expect/match/align_state.h"

namespace wireproof {

// A model whose two directions can be laid out each by itself, as if the other one allowed
// everything. It offers
//   AlignState lane(const AlignState&, Side) const;  // what of a state that layout depends on
//   bool lane_finished(const AlignState&, Side) const;
//   void lane_moves(const AlignState&, Side, std::vector<Move>&) const;
// where every move goes on by an item or a position.
template <class Model>
concept HasLanes = requires(const Model& model, const AlignState& state, std::vector<Move>& moves) {
  { model.lane(state, Side::client) } -> std::same_as<AlignState>;
  { model.lane_finished(state, Side::client) } -> std::same_as<bool>;
  model.lane_moves(state, Side::client, moves);
};

// The least that one direction costs from each state that can be come to, looked at by itself.
template <HasLanes Model>
class LaneRest {
 public:
  LaneRest(const Model& model, Side side, const AlignState& start, std::size_t max_states)
      : model_(model), side_(side) {
    add(model.lane(start, side));
    for (std::size_t next = 0; next < states_.size(); ++next) {
      if (states_.size() > max_states) return;
      expand(next);
    }
    weigh();
    is_whole_ = true;
  }

  // False: there are more states than may be looked at.
  bool is_whole() const { return is_whole_; }

  // Nothing: this direction cannot be laid out from there.
  std::optional<std::uint32_t> least(const AlignState& state) const {
    const auto known = numbers_.find(model_.lane(state, side_));
    if (known == numbers_.end() || least_[known->second] == kNone) return std::nullopt;
    return least_[known->second];
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Way {
    std::uint32_t to = 0;
    std::uint32_t cost = 0;
  };

  std::uint32_t add(const AlignState& state) {
    const auto number = static_cast<std::uint32_t>(states_.size());
    const auto [known, added] = numbers_.try_emplace(state, number);
    if (added) states_.push_back(state);
    return known->second;
  }

  void expand(std::size_t number) {
    moves_.clear();
    const AlignState state = states_[number];
    model_.lane_moves(state, side_, moves_);
    first_way_.push_back(ways_.size());
    for (const Move& move : moves_) {
      ways_.push_back({add(model_.lane(move.to, side_)), move.cost});
    }
  }

  // From the end on: what a state leads to is behind it.
  void weigh() {
    first_way_.push_back(ways_.size());
    const auto depth = [this](std::uint32_t number) {
      const AlignState& state = states_[number];
      return std::pair(state.client_item + state.server_item,
                       state.client_position + state.server_position);
    };
    std::vector<std::uint32_t> order(states_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return depth(a) > depth(b); });
    least_.assign(states_.size(), kNone);
    for (const std::uint32_t number : order) {
      std::uint32_t& least = least_[number];
      if (model_.lane_finished(states_[number], side_)) least = 0;
      for (std::size_t way = first_way_[number]; way < first_way_[number + 1]; ++way) {
        const std::uint32_t behind = least_[ways_[way].to];
        if (behind != kNone) least = std::min(least, behind + ways_[way].cost);
      }
    }
  }

  const Model& model_;
  Side side_;
  bool is_whole_ = false;
  std::vector<AlignState> states_;
  std::unordered_map<AlignState, std::uint32_t, AlignStateHash> numbers_;  // of states_
  std::vector<std::size_t> first_way_;  // per state; behind its last one that of the next begins
  std::vector<Way> ways_;
  std::vector<std::uint32_t> least_;  // per state
  std::vector<Move> moves_;
};

}  // namespace wireproof
