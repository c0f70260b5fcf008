#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "play/client/player.h"
#include "sheet/scenario.h"

namespace wireproof {

// Who plays a session, and from and to where.
struct ActorPlan {
  std::string name;
  std::uint64_t number = 0;  // from 1: `{n}`
  bool in_group = false;     // one of `each`
  bool tcp = true;
  std::optional<Endpoint> local;  // bound before the connect; none: the system chooses
  Endpoint server;

  bool operator==(const ActorPlan&) const = default;
};

// The actors of a sheet in the order of their numbers, by the rules of player.h. `server` is none.
std::vector<ActorPlan> plan_actors(const Scenario& scenario, const PlayOptions& options);

}  // namespace wireproof
