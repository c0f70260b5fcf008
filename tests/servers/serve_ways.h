#pragma once

#include <vector>

#include "servers/loopback_client.h"
#include "servers/serving/listen.h"

namespace wireproof {

inline const std::vector<ServeWay> kAllWays = {ServeWay::threads, ServeWay::select,
                                               ServeWay::serial, ServeWay::fork};

// At a port that is free.
inline ListenOptions served_by(ServeWay way) {
  ListenOptions options;
  options.tcp_port = 0;
  options.way = way;
  return options;
}

inline UniqueFd connect_to(const Listener& listener) {
  return connect_tcp("127.0.0.1", listener.tcp_port());
}

}  // namespace wireproof
