#include "play/client/socket_watch.h"

#include <algorithm>

#include "play/client/settle.h"

namespace wireproof {
namespace {

// A connection belongs to the session if one of its actors has an end of it.
bool is_own(const SocketEntry& socket, const std::vector<ActorEndpoint>& actors) {
  if (socket.remote.port == 0) return true;
  return std::ranges::any_of(actors, [&](const ActorEndpoint& actor) {
    return actor.tcp == socket.tcp && (actor.local == socket.local || actor.local == socket.remote);
  });
}

}  // namespace

std::vector<SocketEntry> SocketWatch::look() const {
  std::vector<SocketEntry> sockets = read_socket_table(ports_);
  if (whose_ == WhoseSockets::own) {
    std::erase_if(sockets,
                  [&](const SocketEntry& socket) { return !is_own(socket, *owners_.actors); });
  }
  return sockets;
}

std::vector<SocketEntry> SocketWatch::await(const std::vector<SocketRow>& rows, Duration limit) {
  std::vector<SocketEntry> sockets;
  equal_ = await_settled(context_, limit, [&] {
    sockets = look();
    return compare_sockets(rows, sockets, owners_).equal();
  });
  return sockets;
}

}  // namespace wireproof
