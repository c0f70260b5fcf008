#pragma once

#include "sheet/scenario.h"
#include "sheet/text/problems.h"

namespace wireproof {

// What a sheet means as a whole, once its sections are read: names that refer to each other, what
// is needed, what contradicts itself, races between the table and the session (matching.md §4).
void check_scenario(const Scenario& scenario, Problems& problems);

// The session alone: each step's actor can do it, names are remembered before they are used,
// messages can be encoded.
void check_session(const SessionScript& session, const LayoutSet& layouts, Problems& problems);

}  // namespace wireproof
