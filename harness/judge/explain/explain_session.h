#pragma once

#include "judge/traffic/evidence.h"

namespace wireproof {

// The failures of a session, with the id of their cause and a `why` note where the evidence of one
// is complete. Those that have it stand first: what has no cause of its own mostly follows from one
// that has. Pure.
Diagnostics explain_session(const Scenario& scenario, const Evidence& evidence);

}  // namespace wireproof
