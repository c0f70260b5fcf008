#pragma once

#include <string>

#include "base/text/time.h"
#include "play/run_options.h"

namespace wireproof {

// Why nothing takes what is sent to a running server's ports (those of 0 are not asked); empty:
// something does, or nobody can tell. On this host the kernel is asked and no packet is sent; a
// port of another host is connected to and closed again. A UDP port of another host cannot be
// asked without sending the server something. Throws SystemError.
std::string probe_server(const RunningServer& running, Duration limit);

// The same where it costs the server nothing; of another host nobody can tell then.
std::string look_at_server(const RunningServer& running);

}  // namespace wireproof
