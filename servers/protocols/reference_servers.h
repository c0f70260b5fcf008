#pragma once

#include <string>
#include <vector>

#include "servers/protocols/protocol.h"

namespace wireproof {

// All reference servers, in the order of their names.
const std::vector<ReferenceServer>& all_reference_servers();
// Null when there is none of that name.
const ReferenceServer* find_reference_server(const std::string& name);

// The server with the given parameters, and the defaults of those that are not given. Throws
// std::invalid_argument for a parameter or a value that it does not have.
Service make_service(const ReferenceServer& server, const ServerParameters& parameters);

}  // namespace wireproof
