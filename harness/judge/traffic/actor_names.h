#pragma once

#include <string>
#include <vector>

#include "sheet/scenario.h"

namespace wireproof {

// The names that a scenario's packet tables and session give to clients, in the order of their
// connecting: declared actors, else the tables' labels.
std::vector<std::string> actor_names(const Scenario& scenario);

// Whether an actor's socket is a UDP one: in a sheet of both transports those whose name begins
// with `udp`, else by the sheet's transport, else by what the server has.
bool actor_uses_udp(const Scenario& scenario, const std::string& actor, bool server_has_tcp);

// The `{n}` of an actor: 7 of `c7`, else "1".
std::string client_number(const std::string& actor);

}  // namespace wireproof
