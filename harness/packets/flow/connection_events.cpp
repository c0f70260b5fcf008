#include "packets/flow/connection_events.h"

#include <algorithm>

namespace wireproof {

bool has_event(const TcpConnection& connection, EventKind kind, std::optional<Side> from) {
  return std::ranges::any_of(connection.events, [&](const Event& event) {
    return event.kind == kind && (!from || event.from == *from);
  });
}

}  // namespace wireproof
