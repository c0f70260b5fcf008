#pragma once

namespace wireproof {

// How a server treats its sockets, as far as a fault or a harmless variant changes it. The default
// is the correct server. The ways of serving (client_serving.h), Connection and Listener obey it;
// what a fault does to the bytes of messages wraps the protocol instead (message_faults.h).
struct Conduct {
  bool reset_on_close = false;  // every close() is a reset (SO_LINGER with time 0)

  bool operator==(const Conduct&) const = default;
};

}  // namespace wireproof
