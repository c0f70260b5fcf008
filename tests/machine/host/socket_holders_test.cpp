#include "machine/host/socket_holders.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/system/unique_fd.h"
#include "catch.h"

namespace wireproof {
namespace {

sockaddr_in loopback_end() {
  sockaddr_in end{};
  end.sin_family = AF_INET;
  end.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return end;
}

std::uint16_t port_of(const UniqueFd& socket) {
  sockaddr_in end{};
  socklen_t size = sizeof end;
  REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&end), &size) == 0);
  return ntohs(end.sin_port);
}

UniqueFd open_stream() {
  return UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

}  // namespace

TEST_CASE("a process holds the accepted end of a connection until it closes it", "[host]") {
  const UniqueFd listener = open_stream();
  sockaddr_in end = loopback_end();
  REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&end), sizeof end) == 0);
  REQUIRE(::listen(listener.get(), 1) == 0);
  const std::uint16_t port = port_of(listener);
  end.sin_port = htons(port);
  const UniqueFd client = open_stream();
  REQUIRE(::connect(client.get(), reinterpret_cast<sockaddr*>(&end), sizeof end) == 0);
  UniqueFd accepted(::accept(listener.get(), nullptr, nullptr));

  const std::vector<HeldSocket> held = find_socket_holders(port, {::getpid()});
  REQUIRE(held.size() == 1);
  CHECK(held.front().process == ::getpid());
  CHECK(render_endpoint(held.front().remote) == "127.0.0.1:" + std::to_string(port_of(client)));

  accepted.reset();
  CHECK(find_socket_holders(port, {::getpid()}).empty());
}

}  // namespace wireproof
