#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "servers/protocol.h"

namespace wireproof {

// Takes one line of text about what is going on; may be empty, then nobody listens.
using ServeLog = std::function<void(const std::string&)>;

// Carries one TCP connection through its protocol, with blocking calls: returns when the
// connection is over and only close() is left to do, which is the caller's. Never throws for what
// the peer does. `peer` names it in the log.
//
// The close that follows must not turn into a reset: a kernel resets a connection that is closed
// while received data is unread (RFC 1122 §4.2.2.13, RFC 2525 §2.17), and the reset may overtake
// the reply. So where the peer has sent more than the protocol takes, this side sends its FIN
// (shutdown) and reads on until the peer's, within limits; else close() sends the FIN itself.
void serve_connection(int fd, StreamProtocol& protocol, std::size_t read_size,
                      const std::string& peer, const ServeLog& log);

}  // namespace wireproof
