#pragma once

#include <string>

#include "servers/faults/misconduct.h"
#include "servers/registry.h"
#include "servers/stream_play.h"

namespace wireproof {

// The service of the server `server` with the fault of that name.
inline Service faulty(const std::string& server, const std::string& fault,
                      const ServerParameters& parameters = {}) {
  return with_fault(service_of(server, parameters), *find_server(server), fault);
}

// "hello" as the second record of a client, in the fixed size that `record` has unless told.
inline const std::string kSecondRecord =
    "01 00 00 00 02 00 00 00 05 68 65 6c 6c 6f 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d";

}  // namespace wireproof
