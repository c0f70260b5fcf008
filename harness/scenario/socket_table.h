#pragma once

#include <string>

#include "scenario/markdown.h"
#include "scenario/problems.h"
#include "scenario/scenario.h"

namespace wireproof {

// Whether the table has Local, Remote and State.
bool is_socket_table(const Table& table);

// Reads a table under `Sockets: NAME`. Names of actors are checked by check_scenario.
SocketTable parse_socket_table(const Table& table, const std::string& name,
                               const Parameters& parameters, Problems& problems);

}  // namespace wireproof
