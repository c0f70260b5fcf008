#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "servers/protocols/server_info.h"

namespace wireproof {

enum class Sending : std::uint8_t {
  whole,         // what the protocol gives as one send goes to one send()
  byte_by_byte,  // a send() for every byte
  in_halves,     // two
  corked,        // held back until the answer is complete, or the end comes (MSG_MORE)
  at_once,       // never held back (TCP_NODELAY)
};

enum class Closing : std::uint8_t {
  orderly,         // close() when the peer has nothing more to say
  after_shutdown,  // shutdown(), then the same
  by_reset,        // close() with SO_LINGER and time 0
  with_unread,     // close() whatever is unread
  by_exit,         // serving by processes: nothing but the end of the process
};

// How a server treats its sockets, as far as a fault or a harmless variant changes it. The default
// is the correct server. The ways of serving (client_serving.h), Connection and Listener obey it;
// what a fault does to the exchange wraps the protocol instead (fault_tables.h).
struct Conduct {
  std::chrono::milliseconds patience{2000};  // how long clients wait for an answer

  // Listening
  std::chrono::milliseconds start_delay{0};  // before the sockets are opened
  bool takes_port_back = true;               // SO_REUSEADDR, for a port with TIME-WAITs
  bool both_families = false;                // [::], for IPv6 and IPv4
  bool small_send_buffer = false;            // SO_SNDBUF, of TCP
  bool small_receive_buffer = false;         // SO_RCVBUF, of TCP

  // One connection
  Sending sending = Sending::whole;
  Closing closing = Closing::orderly;
  std::chrono::milliseconds reply_delay{0};
  std::chrono::milliseconds close_delay{0};
  bool answers_after_fin = true;  // what came before the FIN
  bool survives_reset = true;     // else the process ends when a peer has reset

  // All clients
  std::optional<ServeWay> way;          // where only one will do; else the server's
  bool frees_kept_at_accept = false;    // by threads: what Ending::keep left open for `patience`
  bool child_holds_connection = false;  // by processes: a second child does nothing but that
  bool resets_waiting = false;          // by readiness: who connects while another is served
  bool replies_to_newest = false;       // by readiness: whoever has asked
  bool stays_with_client = false;       // by readiness: until it is silent and has its answers

  bool operator==(const Conduct&) const = default;
};

}  // namespace wireproof
