#include "play/client/datagram_port.h"

#include <sys/socket.h>

#include "base/system/socket_address.h"
#include "base/system/system_call.h"
#include "catch.h"

namespace wireproof {
namespace {

UniqueFd bound_socket() {
  UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const SocketAddress any = write_socket_address({parse_ip_address("127.0.0.1").value(), 0});
  REQUIRE(::bind(fd.get(), any.get(), any.size) == 0);
  return fd;
}

}  // namespace

// The descriptor is no longer readable once somebody else has looked: who waits for it would wait
// for ever.
TEST_CASE("who looks for its datagrams wakes those whose datagrams it has found", "[session]") {
  const UniqueFd server = bound_socket();
  const UniqueFd client = bound_socket();
  const SocketAddress to = write_socket_address(local_endpoint(server.get()));
  DatagramPort port;
  int woken = 0;
  port.start_waiting(&woken, [&woken] { ++woken; });
  const Endpoint other{parse_ip_address("127.0.0.1").value(), 1};
  CHECK_FALSE(port.take(server.get(), other));
  CHECK(woken == 0);
  REQUIRE(::sendto(client.get(), "x", 1, 0, to.get(), to.size) == 1);
  CHECK_FALSE(port.take(server.get(), other));
  CHECK(woken == 1);
  CHECK(port.take(server.get(), local_endpoint(client.get())) == Bytes{'x'});
  port.stop_waiting(&woken);
  REQUIRE(::sendto(client.get(), "y", 1, 0, to.get(), to.size) == 1);
  CHECK(port.take(server.get(), local_endpoint(client.get())) == Bytes{'y'});
  CHECK(woken == 1);
}

}  // namespace wireproof
