#include "play/tracing/network_limits.h"

#include <cerrno>

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

using Limits = std::vector<std::string>;

SocketCall failed(const char* name, int error_number) {
  SocketCall call;
  call.actor = "server.py";
  call.name = name;
  call.result = -1;
  call.error_number = error_number;
  call.local = endpoint("192.168.1.20:12345");
  call.remote = endpoint("10.1.2.3:80");
  return call;
}

}  // namespace

TEST_CASE("an address that the private network lacks is told once", "[session]") {
  const std::vector<SocketCall> calls{failed("bind", EADDRNOTAVAIL), failed("bind", EADDRNOTAVAIL),
                                      failed("connect", ENETUNREACH),
                                      failed("connect", ECONNREFUSED), failed("bind", EADDRINUSE)};
  const Limits expected{
      "server.py: bind to 192.168.1.20:12345 failed (Cannot assign requested address): the private "
      "network has the loopback alone; bind 127.0.0.1 or 0.0.0.0",
      "server.py: connect to 10.1.2.3:80 failed (Network is unreachable): the private network has "
      "no route but to itself"};
  CHECK(tell_limits(NetworkKind::user_namespace, calls, {}) == expected);
  CHECK(tell_limits(NetworkKind::host_loopback, calls, {}).empty());
}

TEST_CASE("what one user id and one tracer do not allow is told", "[session]") {
  const std::vector<RefusedCall> refusals{{"server.py", "setgroups", 7, EPERM},
                                          {"strace", "ptrace", 8, EPERM}};
  const Limits limits = tell_limits(NetworkKind::user_namespace, {}, refusals);
  REQUIRE(limits.size() == 2);
  CHECK(limits.at(0) ==
        "server.py: setgroups failed (Operation not permitted): the private network's user "
        "namespace has one user id, and no groups");
  CHECK(limits.at(1) ==
        "strace: ptrace failed (Operation not permitted): a program that is traced here cannot "
        "have a second tracer");
  CHECK(tell_limits(NetworkKind::network_namespace, {}, refusals).size() == 1);
}

}  // namespace wireproof
