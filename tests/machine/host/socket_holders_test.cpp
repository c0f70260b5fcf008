#include "machine/host/socket_holders.h"

#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "base/system/process.h"
#include "base/system/socket_address.h"
#include "base/system/system_call.h"
#include "catch.h"

namespace wireproof {
namespace {

struct Bound {
  UniqueFd socket;
  Endpoint end;
};

Bound bind_loopback(int type) {
  Bound bound{UniqueFd(::socket(AF_INET, type | SOCK_CLOEXEC, 0)), {}};
  const SocketAddress any = write_socket_address({*parse_ip_address("127.0.0.1"), 0});
  REQUIRE(::bind(bound.socket.get(), any.get(), any.size) == 0);
  bound.end = local_endpoint(bound.socket.get());
  return bound;
}

}  // namespace

TEST_CASE("the process that listens on an address is found", "[host]") {
  Bound bound = bind_loopback(SOCK_STREAM);
  CHECK_FALSE(find_listening_process(ListenProtocol::tcp, bound.end).listens);
  REQUIRE(::listen(bound.socket.get(), 1) == 0);
  const ListeningProcess found = find_listening_process(ListenProtocol::tcp, bound.end);
  CHECK(found.listens);
  CHECK(found.process == ::getpid());
  const Endpoint other{*parse_ip_address("127.0.0.2"), bound.end.port};
  CHECK_FALSE(find_listening_process(ListenProtocol::tcp, other).listens);
  CHECK_FALSE(find_listening_process(ListenProtocol::udp, bound.end).listens);
}

TEST_CASE("the process that has bound a UDP port is found", "[host]") {
  const Bound bound = bind_loopback(SOCK_DGRAM);
  CHECK(find_listening_process(ListenProtocol::udp, bound.end) ==
        ListeningProcess{true, ::getpid(), {::getpid()}});
}

TEST_CASE("of several processes that listen those below the first are its holders", "[host]") {
  const Bound bound = bind_loopback(SOCK_DGRAM);
  const pid_t child = fork_process([]() -> int {
    for (;;) ::pause();
  });
  const ListeningProcess found = find_listening_process(ListenProtocol::udp, bound.end);
  ::kill(child, SIGKILL);
  await_process(child);
  CHECK(found.process == ::getpid());
  CHECK(std::set(found.holders.begin(), found.holders.end()) == std::set{::getpid(), child});
}

TEST_CASE("a process holds the accepted end of a connection until it closes it", "[host]") {
  const Bound listener = bind_loopback(SOCK_STREAM);
  REQUIRE(::listen(listener.socket.get(), 1) == 0);
  const UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SocketAddress server = write_socket_address(listener.end);
  REQUIRE(::connect(client.get(), server.get(), server.size) == 0);
  UniqueFd accepted(::accept(listener.socket.get(), nullptr, nullptr));

  const std::uint16_t port = listener.end.port;
  CHECK(find_socket_holders(port, {::getpid()}) ==
        std::vector<HeldSocket>{{::getpid(), local_endpoint(client.get())}});

  accepted.reset();
  CHECK(find_socket_holders(port, {::getpid()}).empty());
}

}  // namespace wireproof
