#pragma once

#include "scenario/markdown.h"
#include "scenario/problems.h"
#include "scenario/session_script.h"

namespace wireproof {

// Reads a `session` fence: one step a line. A wrong line is reported and left out.
SessionScript parse_session(const Fence& fence, const LayoutSet& layouts,
                            const Parameters& parameters, Problems& problems);

}  // namespace wireproof
