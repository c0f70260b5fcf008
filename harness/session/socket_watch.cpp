#include "session/socket_watch.h"

#include "session/settle.h"

namespace wireproof {

std::vector<SocketEntry> SocketWatch::await(const std::vector<SocketRow>& rows, Duration limit) {
  std::vector<SocketEntry> sockets;
  equal_ = await_settled(context_, limit, [&] {
    sockets = read_socket_table(ports_);
    return compare_sockets(rows, sockets, owners_).equal();
  });
  return sockets;
}

}  // namespace wireproof
