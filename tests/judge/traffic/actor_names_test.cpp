#include "judge/traffic/actor_names.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("in a sheet of both transports the actor's name says which it uses", "[judge]") {
  Scenario sheet;
  sheet.front.transport = Transport::tcp_udp;
  CHECK(actor_uses_udp(sheet, "udp-client", true));
  CHECK_FALSE(actor_uses_udp(sheet, "client", true));
  sheet.front.transport.reset();
  CHECK(actor_uses_udp(sheet, "client", false));
}

}  // namespace wireproof
