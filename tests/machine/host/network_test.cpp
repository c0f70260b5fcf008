#include "machine/host/network.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("the route to an address of this host is the loopback interface", "[host]") {
  for (const char* const text : {"127.0.0.1", "127.1.2.3"}) {
    const Route route = find_route(*parse_ip_address(text));
    INFO(text);
    CHECK(route.interface == "lo");
    CHECK(route.is_local);
    CHECK(route.source == parse_ip_address("127.0.0.1"));
  }
}

}  // namespace wireproof
