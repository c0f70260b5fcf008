#include "machine/host/listening_process.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "base/system/unique_fd.h"
#include "catch.h"

namespace wireproof {
namespace {

struct Bound {
  UniqueFd socket;
  Endpoint end;
};

Bound bind_loopback(int type) {
  Bound bound{UniqueFd(::socket(AF_INET, type | SOCK_CLOEXEC, 0)), {}};
  sockaddr_in end{};
  end.sin_family = AF_INET;
  end.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof end;
  auto* generic = reinterpret_cast<sockaddr*>(&end);
  REQUIRE(::bind(bound.socket.get(), generic, size) == 0);
  REQUIRE(::getsockname(bound.socket.get(), generic, &size) == 0);
  bound.end = {*parse_ip_address("127.0.0.1"), ntohs(end.sin_port)};
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
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  const ListeningProcess found = find_listening_process(ListenProtocol::udp, bound.end);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(found.process == ::getpid());
  CHECK(std::set(found.holders.begin(), found.holders.end()) == std::set{::getpid(), child});
}

}  // namespace wireproof
