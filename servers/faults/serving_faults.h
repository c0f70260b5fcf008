#pragma once

#include <vector>

#include "servers/protocols/protocol.h"

namespace wireproof {

// A fault in how sockets are treated: closing, clients, time.
struct ServingFault {
  ServerFault fault;
  bool (*applies)(const ServerInfo& server) = nullptr;
  void (*change)(Service& service, const ServerInfo& server) = nullptr;
};

const std::vector<ServingFault>& serving_faults();

}  // namespace wireproof
