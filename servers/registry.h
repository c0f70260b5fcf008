#pragma once

#include <chrono>
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
  std::vector<std::string> values;  // the first is the default
  std::string meaning;
  bool any_text = false;  // other values do as well; these are well known
  // Each value is a protocol of its own: faults and harmless variants are those of the first.
  bool is_dialect = false;

  bool takes(const std::string& value) const;
};

// A way of being wrong that a server can be asked for, and the cause (an id of the catalogue in
// expect/explain) that a failing sheet must name.
struct ServerFault {
  std::string name;
  std::string meaning;
  std::string explanation;
};

// Another way of being correct.
struct ServerVariant {
  std::string name;
  std::string meaning;
};

// What a server's protocol is like, as far as it decides which faults the server can have.
struct ServerTraits {
  bool replies = true;
  bool closes_first = false;  // TCP: the server ends the exchange, not the client
  bool has_messages = false;  // TCP: messages whose bytes say where they end, not chunks
  bool has_text = false;      // texts in UTF-8
  bool has_prefix = false;    // replies begin with a fixed text
  bool has_numbers = false;   // binary numbers
  bool has_longs = false;     // some of them are L of Python's struct, C's long
  bool has_ids = false;       // a reply has a number of its request
  bool has_length = false;    // a header says how long the rest is, in bytes
  bool calculates = false;    // a result may be too large for its field
  bool refuses = false;       // some inputs are no message
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
  ServerTraits traits;
  std::vector<ServerFault> faults;  // these two follow from the rest
  std::vector<ServerVariant> variants;
};

struct ServeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t tcp_port = 0;  // 0: no TCP
  std::uint16_t udp_port = 0;  // 0: no UDP
  std::map<std::string, std::string> parameters;
  std::optional<ServeWay> way;               // none: the server's own
  std::string fault;                         // one of the server's faults; empty: correct
  std::string variant;                       // one of the server's variants
  std::chrono::milliseconds patience{2000};  // of the clients: a fault may try it
  int ready_fd = -1;   // one byte is written there once everything listens; -1: none
  bool print = false;  // a line per connection and message on standard output
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
