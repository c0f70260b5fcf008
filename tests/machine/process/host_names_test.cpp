#include "machine/process/host_names.h"

#include <netdb.h>
#include <netinet/in.h>

#include <cstring>

#include "base/system/socket_address.h"
#include "catch.h"
#include "support/in_private_network.h"
#include "support/mount_root.h"
#include "support/skip_test.h"

namespace wireproof {
namespace {

std::string look_up(const char* name) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(name, "80", &hints, &found) != 0) return "unknown";
  sockaddr_in address{};
  std::memcpy(&address, found->ai_addr, sizeof address);
  ::freeaddrinfo(found);
  return render_ip_address(read_ip_address(AF_INET, &address.sin_addr));
}

}  // namespace

TEST_CASE("programs find host names that nobody else has, while they are given", "[process]") {
  if (!is_mount_root("/")) return skip_test("in a chroot the mounts cannot be kept apart");
  CHECK(run_in_private_network([] {
          std::string seen;
          {
            const HostNames names({"www.wireproof.test", "mail.wireproof.test"},
                                  parse_ip_address("127.0.0.9").value());
            seen = look_up("mail.wireproof.test") + ", " + look_up("localhost");
          }
          return seen + ", then " + look_up("mail.wireproof.test");
        }) == "127.0.0.9, 127.0.0.1, then unknown");
}

}  // namespace wireproof
