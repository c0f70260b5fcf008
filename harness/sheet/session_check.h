#pragma once

#include "sheet/scenario.h"

namespace wireproof {

// The session alone: each step's actor can do it, ports have one listener, names are remembered
// before they are used, messages can be encoded. The scenario has a session.
void check_session(const Scenario& scenario, Problems& problems);

}  // namespace wireproof
