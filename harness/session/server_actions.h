#pragma once

#include <string>

#include "scenario/session_script.h"
#include "session/server_process.h"

namespace wireproof {

// A step on the server (`server: alive`). An empty text: done or true; else why not.
std::string act_on_server(ServerProcess& server, ServerAction action);

}  // namespace wireproof
