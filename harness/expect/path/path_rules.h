#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "expect/path/altered_packet.h"
#include "expect/path/path_plan.h"
#include "packets/wire/packet.h"

namespace wireproof {

// The rules of one path at work: which packet is which, and what becomes of it. Pure: it reads no
// clock and sends nothing, so that the same packets meet the same fates in each run.
class PathRules {
 public:
  // Which actor is at an address; empty: none that is known, and no rule for one is about it.
  using ActorAt = std::function<std::string(const IpAddress& client)>;

  // `layouts` (of payloads in rules) is not owned and outlives it.
  PathRules(std::vector<PathRule> rules, const PathConditions& conditions, const LayoutSet& layouts,
            ActorAt actor_at);

  // The next packet, in the order in which they were sent; `now` never goes back. The first rule
  // that names it and fits it acts; the conditions hold for what is not lost by one. What was sent
  // in fragments is one packet, its first fragment: the others share what becomes of it.
  PathTurn pass(const Packet& packet, Side from, Duration now);

  // What each rule did so far.
  const std::vector<PathUse>& uses() const { return uses_; }
  // What waits for the next packet of its direction; packets count in the order of pass().
  std::vector<PathHeld> held() const;

 private:
  // One direction.
  struct Lane {
    std::uint64_t sent = 0;          // packets so far
    Duration free_at{};              // when the last one will have been let through
    std::deque<Duration> leaving;    // when each that waits will have been
    std::vector<PathDelivery> held;  // a swapped packet, until the next one has gone
    std::vector<PathHeld> waiting;   // the same, as held() tells of it
  };

  // What is done with a packet.
  struct Choice {
    const PathRule* rule = nullptr;
    bool is_lost = false;  // by the path's conditions
    bool is_later_fragment = false;
  };
  // The last packet that was sent in fragments.
  struct Fragmented {
    IpAddress source;
    std::uint32_t identification = 0;
    Choice choice;
  };

  bool is_about(const PathRule& rule, const Packet& packet, Side from) const;
  const PathRule* find_rule(const Packet& packet, Side from);
  Choice choose(const Packet& packet, Side from);
  void swap(const Choice& choice, Lane& lane, PathTurn& turn) const;
  std::optional<Duration> leave(Lane& lane, std::size_t size, Duration now) const;
  bool is_unlucky(const Lane& lane, Side from) const;

  std::vector<PathRule> rules_;
  PathConditions conditions_;
  const LayoutSet& layouts_;
  ActorAt actor_at_;
  std::vector<PathUse> uses_;
  std::optional<Fragmented> fragmented_;
  std::uint64_t passed_ = 0;   // packets before the one that passes
  std::array<Lane, 2> lanes_;  // of the client's packets, of the server's
};

}  // namespace wireproof
