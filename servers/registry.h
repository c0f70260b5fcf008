#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "servers/protocols/server_info.h"

namespace wireproof {

struct ServeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t tcp_port = 0;  // 0: no TCP
  std::uint16_t udp_port = 0;  // 0: no UDP
  std::map<std::string, std::string> parameters;
  std::optional<ServeWay> way;               // none: the server's own
  std::vector<std::string> faults;           // of the server's; none: correct
  std::string variant;                       // one of the server's variants
  std::chrono::milliseconds patience{2000};  // of the clients: a fault may try it
  std::function<void()> on_ready;            // called once everything listens; may be empty
  bool print = false;                        // a line per connection and message on standard output
};

// All reference servers, in the order of their names.
const std::vector<ServerInfo>& reference_servers();
// Null when there is none of that name.
const ServerInfo* find_server(const std::string& name);

// Serves until SIGINT or SIGTERM, then returns 0 with all sockets closed. Throws SystemError
// naming the attempt ("bind 127.0.0.1:12345: address already in use") and
// std::invalid_argument for a parameter, fault or variant that the server does not have.
int serve(const ServerInfo& server, const ServeOptions& options);

}  // namespace wireproof
