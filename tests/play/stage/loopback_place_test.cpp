#include "play/stage/loopback_place.h"

#include <sys/socket.h>

#include "base/system/socket_address.h"
#include "catch.h"
#include "machine/host/socket_list.h"

namespace wireproof {

TEST_CASE("two sessions on one loopback have neither addresses nor ports in common", "[session]") {
  LoopbackPlace one;
  LoopbackPlace other;
  CHECK(one.net() != other.net());
  CHECK(one.server().bytes[3] == 1);
  CHECK(one.port() != other.port());
  CHECK(one.port() == one.port());
  CHECK_FALSE(has_sockets_in(one.net(), LoopbackPlace::kPrefixBits));
  const UniqueFd socket = check_descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open");
  const SocketAddress address = write_socket_address({one.server(), one.port()});
  check_call(::bind(socket.get(), address.get(), address.size), "bind");
  CHECK(has_sockets_in(one.net(), LoopbackPlace::kPrefixBits));
  CHECK_FALSE(has_sockets_in(other.net(), LoopbackPlace::kPrefixBits));
}

TEST_CASE("the sockets of a server leave out those of its port at another address", "[session]") {
  LoopbackPlace one;
  const LoopbackPlace other;
  const UniqueFd socket = check_descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open");
  const SocketAddress address = write_socket_address({one.server(), one.port()});
  check_call(::bind(socket.get(), address.get(), address.size), "bind");
  CHECK(read_socket_table({0, one.port(), one.server()}).size() == 1);
  CHECK(read_socket_table({0, one.port(), other.server()}).empty());
}

}  // namespace wireproof
