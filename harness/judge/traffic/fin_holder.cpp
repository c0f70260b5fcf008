#include "judge/traffic/fin_holder.h"

#include <fmt/format.h>

namespace wireproof {

std::optional<SocketHolder> find_fin_holder(const std::vector<SocketHolder>& holders,
                                            const Endpoint& client) {
  std::optional<SocketHolder> own;
  std::optional<SocketHolder> other;
  for (const SocketHolder& holder : holders) {
    if (holder.client == client) (holder.is_server ? own : other) = holder;
  }
  if (!own) return other;
  return own->had_children && !other ? own : std::nullopt;
}

std::string held_words(const SocketHolder& holder) {
  if (holder.is_server) {
    return fmt::format(
        "the processes that served clients have ended, but the server's own, {}, still has the "
        "socket that it accepted: after fork() both have it, and FIN is sent when the last "
        "descriptor of a socket is closed",
        holder.process);
  }
  return fmt::format(
      "the server's process has the socket no longer, but process {}, which it started, still has: "
      "FIN is sent when the last descriptor of a socket is closed",
      holder.process);
}

}  // namespace wireproof
