#pragma once

#include <string>

#include "sheet/scenario.h"

namespace wireproof {

// One message and its echo, and then a step on the server.
Scenario echo_sheet(const std::string& id, ServerAction action);

}  // namespace wireproof
