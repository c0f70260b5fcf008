#include "catch.h"
#include "support/sheet_builder.h"
#include "support/test_server.h"

namespace wireproof {
namespace {

using Kind = TestServer::Kind;

SocketTable closed_table() {
  SocketTable table;
  table.name = "closed";
  table.rows = {{"server", "*", "LISTEN", 1, {}}, {"client", "server", "TIME-WAIT", 1, {}}};
  return table;
}

}  // namespace

TEST_CASE("sockets are taken when they have become what the table says", "[session]") {
  // The server closes only after a second look at the earliest: FIN-WAIT-2 comes in between.
  TestServer server(Kind::tcp, [](int listener) {
    const UniqueFd client = accept_one(listener);
    read_to_end(client.get());
  });
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("close", StepClose{}).sockets(closed_table());
  const PlayedSession played = sheet.step("sockets", StepSockets{"closed"}).play(server.port());
  REQUIRE(played.sockets.size() == 1);
  CHECK(played.sockets[0].name == "closed");
  CHECK(played.sockets[0].sockets.size() == 2);
  CHECK(played.steps.back().outcome == "2 sockets");
  CHECK_FALSE(played.timed_out);
}

TEST_CASE("sockets that never become what the table says are taken at the step's limit",
          "[session]") {
  TestServer server(Kind::tcp, [](int listener) {
    const UniqueFd client = accept_one(listener);
    read_exactly(client.get(), 1);
  });
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).sockets(closed_table());
  sheet.step("sockets", StepSockets{"closed"}).within(std::chrono::milliseconds(5));
  const PlayedSession played = sheet.step("close", StepClose{}).play(server.port());
  REQUIRE(played.sockets.size() == 1);
  CHECK(played.sockets[0].sockets.size() == 3);
  CHECK(played.steps.at(1).outcome == "3 sockets, not those of the table");
  CHECK(played.timed_out);
  CHECK(call_line(played) == "connect close");
}

}  // namespace wireproof
