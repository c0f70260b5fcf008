#pragma once

#include <string>
#include <vector>

#include "sheet/scenario.h"

namespace wireproof {

// The names that a scenario's packet tables and session give to clients, in the order of their
// connecting: declared actors, else the tables' labels.
std::vector<std::string> actor_names(const Scenario& scenario);

// The `{n}` of an actor: its number in the session; without one 7 of `c7`, else "1".
std::string client_number(const SessionPlan& plan, const std::string& actor);

}  // namespace wireproof
