#pragma once

#include <string>

#include "scenario/session_script.h"
#include "session/player.h"
#include "session/stage_server.h"

namespace wireproof {

// A step on the server (`server: alive`).
ServerOutcome act_on_server(StageServer& server, ServerAction action);

}  // namespace wireproof
