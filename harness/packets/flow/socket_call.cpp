#include "packets/flow/socket_call.h"

#include <sys/socket.h>

namespace wireproof {

bool peeks(const SocketCall& call) {
  return (call.flags & static_cast<std::uint32_t>(MSG_PEEK)) != 0;
}

}  // namespace wireproof
