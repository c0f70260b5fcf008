#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "servers/serve_way.h"

namespace wireproof {

// A parameter of a reference server: `framing=none`.
struct ServerParameter {
  std::string name;
  std::vector<std::string> values;  // the first is the default; empty: any text
  std::string meaning;
};

// What `wireproof servers` prints about a reference server.
struct ServerInfo {
  std::string name;
  std::uint16_t tcp_port = 0;        // default, 0: no TCP
  std::uint16_t udp_port = 0;        // default, 0: no UDP
  std::string protocol;              // one line
  std::string origin;                // which lab note and exercise
  ServeWay way = ServeWay::threads;  // of its TCP clients, unless another is asked for
  std::vector<ServerParameter> parameters;
  std::vector<std::string> faults;
  std::vector<std::string> variants;
};

struct ServeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t tcp_port = 0;  // 0: no TCP
  std::uint16_t udp_port = 0;  // 0: no UDP
  std::map<std::string, std::string> parameters;
  std::optional<ServeWay> way;  // none: the server's own
  int ready_fd = -1;            // one byte is written there once everything listens; -1: none
  bool print = false;           // a line per connection and message on standard output
};

// All reference servers, in the order of their names.
const std::vector<ServerInfo>& reference_servers();
// Null when there is none of that name.
const ServerInfo* find_server(const std::string& name);

// Serves until SIGINT or SIGTERM, then returns 0 with all sockets closed. Throws SystemError
// naming the attempt ("bind 127.0.0.1:12345: address already in use") and
// std::invalid_argument for a parameter that the server does not have.
int serve(const ServerInfo& server, const ServeOptions& options);

}  // namespace wireproof
