#pragma once

#include <memory>

#include "machine/host/host_address.h"
#include "packets/capture/watched_capture.h"

namespace wireproof {

// Watches the interface of the route; `any` where that one cannot be captured on alone. Throws
// SystemError, which says what mends it where the right is missing.
std::unique_ptr<WatchedCapture> open_running_capture(WatchOptions options, const Route& route);

}  // namespace wireproof
