#pragma once

#include <string>

#include "play/client/player.h"
#include "play/stage/stage_server.h"
#include "sheet/session/session_script.h"

namespace wireproof {

// A step on the server (`server: alive`).
ServerOutcome act_on_server(StageServer& server, ServerAction action);

}  // namespace wireproof
