#pragma once

#include <vector>

#include "servers/protocols/protocol.h"

namespace wireproof {

// Another way to be correct: no sheet may fail because of it.
struct HarmlessVariant {
  ServerVariant variant;
  bool (*applies)(const ServerInfo& server) = nullptr;
  void (*change)(Conduct& conduct, const ServerInfo& server) = nullptr;
};

const std::vector<HarmlessVariant>& harmless_variants();

}  // namespace wireproof
