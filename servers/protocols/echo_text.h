#pragma once

#include "servers/protocols/protocol.h"

namespace wireproof {

// `echo-text`: a text echo (text_echo.h) with the prefix `ECHO: ` (`prefix=` another), a thread for
// every client.
ReferenceServer echo_text_server();

// `echo-select`: the same protocol, all clients in one thread.
ReferenceServer echo_select_server();

}  // namespace wireproof
