#pragma once

#include "judge/traffic/evidence.h"

namespace wireproof {

// Gives the failures of a session, which are parallel to Evidence::failed_steps, the id of their
// cause and a `why` note where the evidence of one is complete, and puts those that have it first:
// what has no cause of its own mostly follows from one that has. Pure.
void explain_session(const Scenario& scenario, const Evidence& evidence, Diagnostics& failures);

}  // namespace wireproof
