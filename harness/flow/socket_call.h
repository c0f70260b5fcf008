#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/address.h"
#include "base/time.h"
#include "flow/tcp_connection.h"

namespace wireproof {

// One socket call of one program, as the program made it: logged by our own clients, or traced.
// Calls are joined to packets by byte range (expect/cause), never by time alone.
struct SocketCall {
  std::string actor;  // whose call: "client", "alice", "server"
  Side side = Side::client;
  std::string name;  // POSIX name: "connect", "send", "recv", "shutdown", "close", "accept", …
  std::int64_t process = 0;
  std::int64_t thread = 0;
  std::uint64_t socket = 0;  // the same number for all calls on one socket of one actor
  std::optional<Endpoint> local;
  std::optional<Endpoint> remote;
  Timestamp entered{};
  std::optional<Timestamp> returned;  // none: the program ended while in the call
  std::int64_t result = 0;            // bytes, or 0, or -1
  int error_number = 0;               // errno of a failed call
  bool waited = false;                // the call slept until something arrived

  bool operator==(const SocketCall&) const = default;
};

}  // namespace wireproof
