#pragma once

#include <optional>

#include "expect/payload/payload.h"
#include "sheet/session/session_script.h"
#include "sheet/text/cursor.h"
#include "sheet/text/problems.h"

namespace wireproof {

// Reads what stands behind the actor's name, up to the line's end: one step of the table in the
// scenario language. `repeat` and `clients` are read by the session's parser. Nothing when the
// step is malformed (reported).
std::optional<Step> parse_step(Cursor& cursor, const LayoutSet& layouts, Problems& problems);

// Words that begin a step; no actor may have such a name.
const std::vector<std::string>& step_words();

}  // namespace wireproof
