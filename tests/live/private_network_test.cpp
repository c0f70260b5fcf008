#include "machine/host/network.h"

#include <linux/capability.h>
#include <net/if.h>
#include <netdb.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "base/system/system_call.h"
#include "catch.h"
#include "live/echo_server.h"
#include "machine/host/socket_list.h"
#include "support/in_private_network.h"
#include "support/mount_root.h"

namespace wireproof {
namespace {

int loopback_mtu() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM, 0));
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", sizeof "lo");
  check_call(::ioctl(socket.get(), SIOCGIFMTU, &request), "ask for the MTU of lo");
  return request.ifr_mtu;
}

}  // namespace

TEST_CASE("a port in use outside is free in a private network", "[host]") {
  const std::uint16_t port = choose_free_port(IpVersion::v4);
  const UniqueFd outside = listen_on(port);
  const std::string seen = run_in_private_network([&]() -> std::string {
    if (is_listening(ListenProtocol::tcp, port)) return "the outside port is seen";
    const UniqueFd inside = listen_on(port);
    return is_listening(ListenProtocol::tcp, port) ? "free" : "not listed";
  });
  CHECK(seen == "free");
  CHECK(is_listening(ListenProtocol::tcp, port));
}

TEST_CASE("a process keeps its user id in a private network and may capture there", "[host]") {
  const std::string expected = std::to_string(::getuid()) + " may capture";
  CHECK(run_in_private_network([] {
          return std::to_string(::getuid()) +
                 (has_capability(CAP_NET_RAW) ? " may capture" : " may not capture");
        }) == expected);
}

TEST_CASE("a program that asks for configured addresses alone finds the loopback", "[host]") {
  CHECK(run_in_private_network([] {
          addrinfo hints{};
          hints.ai_family = AF_INET;
          hints.ai_flags = AI_ADDRCONFIG;
          addrinfo* found = nullptr;
          const int error = ::getaddrinfo("127.0.0.1", "80", &hints, &found);
          if (error == 0) ::freeaddrinfo(found);
          return std::string(error == 0 ? "found" : ::gai_strerror(error));
        }) == "found");
}

TEST_CASE("an ordinary user gets a private network as root does", "[host]") {
  // clone(2): EPERM for a caller in a chroot.
  if (::getuid() == 0 && !is_mount_root("/")) {
    WARN("skipped: there are no user namespaces in a chroot");
    return;
  }
  constexpr uid_t kNobody = 65534;
  const std::string seen = run_in_child([] {
    if (::getuid() == 0 && ::setresuid(kNobody, kNobody, kNobody) != 0) return std::string("root");
    // As a program that the user started himself; a change of the user id takes that away.
    check_call(::prctl(PR_SET_DUMPABLE, 1), "become dumpable");
    enter_user_namespace();
    const UniqueFd listener = listen_on(80);  // a low port, as sheets use them
    return std::string("port 80 as an ordinary user");
  });
  CHECK(seen == "port 80 as an ordinary user");
}

TEST_CASE("the loopback of a private network has the MTU that was asked for", "[host]") {
  CHECK(run_in_child([] {
          enter_private_network();
          set_loopback_mtu(1500);
          return std::to_string(loopback_mtu());
        }) == "1500");
}

}  // namespace wireproof
