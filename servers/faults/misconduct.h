#pragma once

#include <string>
#include <vector>

#include "servers/protocols/protocol.h"

namespace wireproof {

// The faults and the harmless variants that make sense for a server, in the order of their tables.
std::vector<ServerQuirk> faults_of(const ServerInfo& server);
std::vector<ServerQuirk> variants_of(const ServerInfo& server);

// The service with one of the server's own faults, or variants; an empty name changes nothing.
// Throws std::invalid_argument for a name that the server does not have.
Service with_fault(Service service, const ServerInfo& server, const std::string& fault);
Service with_variant(Service service, const ServerInfo& server, const std::string& variant);

}  // namespace wireproof
