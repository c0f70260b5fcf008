#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sheet/text/fragment.h"
#include "sheet/text/markdown.h"

namespace wireproof {

struct SocketRow {
  std::string local;  // actor, "server", "*"
  std::string remote;
  std::string state;
  std::uint64_t count = 1;
  Span span;

  bool operator==(const SocketRow&) const = default;
};

struct SocketTable {
  std::string name;
  std::vector<SocketRow> rows;
  Span span;

  bool operator==(const SocketTable&) const = default;
};

// Whether the table has Local, Remote and State.
bool is_socket_table(const Table& table);

// Reads a table under `Sockets: NAME`. Names of actors are checked by check_scenario.
SocketTable parse_socket_table(const Table& table, const std::string& name,
                               const Parameters& parameters, Problems& problems);

}  // namespace wireproof
