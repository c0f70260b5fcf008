#pragma once

#include "sheet/session/session_script.h"
#include "sheet/text/markdown.h"
#include "sheet/text/problems.h"

namespace wireproof {

// Reads a `session` fence: one step a line. A wrong line is reported and left out.
SessionScript parse_session(const Fence& fence, const LayoutSet& layouts,
                            const Parameters& parameters, Problems& problems);

}  // namespace wireproof
