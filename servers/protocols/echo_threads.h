#pragma once

#include "servers/protocols/protocol.h"

namespace wireproof {

// `echo-threads`: a text echo (text_echo.h) with the prefix `You told me: ` (`prefix=` another).
ReferenceServer echo_threads_server();

}  // namespace wireproof
