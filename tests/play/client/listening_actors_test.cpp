#include "catch.h"
#include "machine/host/network.h"
#include "support/sheet_builder.h"

namespace wireproof {
namespace {

StepListen listen_on(std::uint16_t port) {
  return {port, std::nullopt};
}

}  // namespace

TEST_CASE("an actor takes a connection and speaks as its server", "[session]") {
  const std::uint16_t port = choose_free_port(IpVersion::v4);
  SheetBuilder sheet;
  sheet.step("origin: listen", listen_on(port)).step("connect", StepConnect{});
  sheet.step("send", send_text("ask")).step("origin: accept", StepAccept{});
  sheet.step("origin: recv", recv_text("ask")).step("origin: send", send_text("told"));
  sheet.step("recv", recv_text("told")).step("origin: close", StepClose{});
  sheet.step("recv eof", StepRecvEof{}).step("close", StepClose{});
  const PlayedSession played = sheet.play(port);
  CHECK(failure_lines(played).empty());
  CHECK(played.error.empty());
  CHECK(call_line(played, "origin") == "listen accept recv:3 send:4 close close");
  REQUIRE(played.serving.accepted.size() == 1);
  CHECK(played.serving.accepted.front().actor == "origin");
  REQUIRE(played.actors.size() == 1);
  CHECK(played.serving.accepted.front().client == played.actors.front().local);
}

TEST_CASE("further actors take further connections of one port in their order", "[session]") {
  const std::uint16_t port = choose_free_port(IpVersion::v4);
  SheetBuilder sheet;
  sheet.step("origin: listen", listen_on(port));
  sheet.step("a: connect", StepConnect{}).step("b: connect", StepConnect{});
  sheet.step("origin: accept", StepAccept{}).step("other: accept", StepAccept{"origin"});
  sheet.step("b: send", send_text("b")).step("other: recv", recv_text("b"));
  sheet.step("a: send", send_text("a")).step("origin: recv", recv_text("a"));
  CHECK(failure_lines(sheet.play(port)).empty());
}

TEST_CASE("who has sent no byte to a UDP port is nobody's client there", "[session]") {
  const std::uint16_t port = choose_free_port(IpVersion::v4);
  SheetBuilder sheet;
  sheet.udp();
  sheet.step("origin: listen", listen_on(port));
  sheet.step("a: connect", StepConnect{}).step("b: connect", StepConnect{});
  sheet.step("b: send", send_text("from b")).step("a: send", send_text("from a"));
  sheet.step("origin: accept", StepAccept{}).step("other: accept", StepAccept{"origin"});
  sheet.step("other: recv", recv_text("from a")).step("origin: recv", recv_text("from b"));
  sheet.step("origin: send", send_text("to b")).step("b: recv", recv_text("to b"));
  CHECK(failure_lines(sheet.play(port)).empty());
}

TEST_CASE("a connection that never comes is told with the port and the time", "[session]") {
  const std::uint16_t port = choose_free_port(IpVersion::v4);
  SheetBuilder sheet;
  sheet.step("origin: listen", listen_on(port)).step("origin: accept", StepAccept{});
  const PlayedSession played = sheet.within(std::chrono::milliseconds(5)).play(port);
  CHECK(failure_lines(played) ==
        "no connection came to 127.0.0.1:" + std::to_string(port) + " within 5ms\n");
  CHECK(played.timed_out);
}

TEST_CASE("a port that refuses has no listener any more, and can have one again", "[session]") {
  const std::uint16_t port = choose_free_port(IpVersion::v4);
  SheetBuilder sheet;
  sheet.step("origin: listen", listen_on(port)).step("origin: refuse", StepRefuse{});
  sheet.step("connect", StepConnect{}).step("refused", StepRefused{});
  sheet.step("origin: listen", listen_on(port)).step("connect", StepConnect{});
  CHECK(failure_lines(sheet.play(port)).empty());
}

TEST_CASE("a port that somebody has cannot be listened on: the sheet could not be played",
          "[session]") {
  const std::uint16_t port = choose_free_port(IpVersion::v4);
  SheetBuilder sheet;
  sheet.step("origin: listen", listen_on(port)).step("other: listen", listen_on(port));
  const PlayedSession played = sheet.play(port);
  CHECK(played.error.find("listen on 127.0.0.1:" + std::to_string(port)) != std::string::npos);
}

}  // namespace wireproof
