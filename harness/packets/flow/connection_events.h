#pragma once

#include <optional>

#include "packets/flow/tcp_connection.h"

namespace wireproof {

// Whether the capture shows it; without `from`, of either side.
bool has_event(const TcpConnection& connection, EventKind kind,
               std::optional<Side> from = std::nullopt);

}  // namespace wireproof
