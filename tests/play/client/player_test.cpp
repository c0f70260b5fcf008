#include "play/client/player.h"

#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <numeric>

#include "catch.h"
#include "support/sheet_builder.h"
#include "support/test_server.h"

namespace wireproof {
namespace {

using Kind = TestServer::Kind;
using std::chrono::milliseconds;

TEST_CASE("an exchange is played in order and every call of it is logged", "[session]") {
  std::string seen;
  TestServer server(Kind::tcp, [&](int listener) {
    const UniqueFd client = accept_one(listener);
    seen = read_exactly(client.get(), 4);
    write_all(client.get(), "pong!");
  });
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("send \"ping\"", send_text("ping"));
  sheet.step("recv \"pong!\"", recv_text("pong!")).step("recv eof", StepRecvEof{});
  const PlayedSession played = sheet.step("close", StepClose{}).play(server.port());
  CHECK(failure_lines(played).empty());
  CHECK(played.error.empty());
  CHECK(call_line(played) == "connect send:4 recv:5 recv:0 close");
  server.finish();
  CHECK(seen == "ping");
  REQUIRE(played.steps.size() == 5);
  CHECK(played.steps[1].text == "send \"ping\"");
  CHECK(played.steps[1].line == 2);
  CHECK(played.steps[2].outcome == "5 bytes: 70 6f 6e 67 21");
  for (const SocketCall& call : played.calls) {
    REQUIRE(call.returned);
    CHECK(*call.returned >= call.entered);
    CHECK(call.process == getpid());
    CHECK(call.socket == 1);
    CHECK(call.local == played.actors.at(0).local);
    CHECK(call.remote->port == server.port());
  }
}

TEST_CASE("actors have numbered addresses of their own in the order of their connects",
          "[session]") {
  TestServer server(Kind::tcp, [](int listener) {
    const UniqueFd first = accept_one(listener);
    const UniqueFd second = accept_one(listener);
  });
  SheetBuilder sheet;
  sheet.step("alice: connect", StepConnect{}).step("bob: connect", StepConnect{});
  const PlayedSession played = sheet.play(server.port());
  REQUIRE(played.actors.size() == 2);
  CHECK(played.actors[0].actor == "alice");
  CHECK(render_ip_address(played.actors[0].local.address) == "127.0.0.2");
  CHECK(render_ip_address(played.actors[1].local.address) == "127.0.0.3");
  CHECK(call_line(played, "alice") == "connect close");
  CHECK(played.calls[2].actor == "alice");  // closed at the end in the order of actors
  CHECK(played.calls[3].actor == "bob");
}

TEST_CASE("a connect binds the address that the sheet names", "[session]") {
  TestServer server(Kind::tcp, [](int listener) { accept_one(listener); });
  const PlayedSession played =
      SheetBuilder().step("connect from 127.0.0.77", StepConnect{"127.0.0.77"}).play(server.port());
  REQUIRE(played.actors.size() == 1);
  CHECK(render_ip_address(played.actors[0].local.address) == "127.0.0.77");
}

TEST_CASE("a connect sets the options that the sheet names before it", "[session]") {
  int segment = 0;
  TestServer server(Kind::tcp, [&](int listener) {
    const UniqueFd accepted = accept_one(listener);
    socklen_t size = sizeof segment;
    ::getsockopt(accepted.get(), IPPROTO_TCP, TCP_MAXSEG, &segment, &size);
    read_to_end(accepted.get());
  });
  StepConnect connect;
  connect.options = {{find_socket_option("TCP_MAXSEG"), 536},
                     {find_socket_option("SO_RCVBUF"), 4096}};
  const PlayedSession played = SheetBuilder()
                                   .step("connect TCP_MAXSEG=536 SO_RCVBUF=4096", connect)
                                   .step("close", StepClose{})
                                   .play(server.port());
  CHECK(call_line(played) == "connect close");
  server.finish();
  CHECK(segment <= 536);
  CHECK(segment > 500);  // less the options that each segment has
}

TEST_CASE("a message in pieces is one send call per piece", "[session]") {
  std::string seen;
  TestServer server(Kind::tcp,
                    [&](int listener) { seen = read_to_end(accept_one(listener).get()); });
  StepSend send = send_text("abcdefg");
  send.piece_size = 3;
  send.piece_pause = milliseconds(1);
  send.no_delay = true;
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("send", send).step("close", StepClose{});
  CHECK(call_line(sheet.play(server.port())) == "connect send:3 send:3 send:1 close");
  server.finish();
  CHECK(seen == "abcdefg");
}

TEST_CASE("a message split after a field is cut at the field's end", "[session]") {
  TestServer server(Kind::tcp, [](int listener) { read_to_end(accept_one(listener).get()); });
  StepSend send;
  send.message = layout_message(
      "reply", {field_value("length", "8"), field_value("id", "1"), field_value("result", "15")});
  send.split_after = {"length"};
  SheetBuilder sheet;
  sheet.layout(reply_layout()).step("connect", StepConnect{}).step("send reply", send);
  const PlayedSession played = sheet.play(server.port());
  CHECK(failure_lines(played).empty());
  CHECK(call_line(played) == "connect send:4 send:8 close");
}

TEST_CASE("bytes behind a message stay in the kernel, so that a close resets", "[session]") {
  std::string seen;
  TestServer server(Kind::tcp, [&](int listener) {
    const UniqueFd client = accept_one(listener);
    write_all(client.get(), "abcdef");
    seen = read_to_end(client.get());
  });
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("recv \"ab\"", recv_text("ab"));
  sheet.step("recv until \"d\"", StepRecvUntil{{'d'}}).step("close", StepClose{});
  const PlayedSession played = sheet.play(server.port());
  CHECK(failure_lines(played).empty());
  CHECK(call_line(played) == "connect recv:2 recv:2 close");
  server.finish();
  CHECK(seen == "RST");
}

TEST_CASE("a recv by terminator, pattern or count takes exactly its message", "[session]") {
  TestServer server(Kind::tcp, [](int listener) {
    const UniqueFd client = accept_one(listener);
    write_all(client.get(), "line\r");
    read_exactly(client.get(), 1);
    write_all(client.get(), "\n220 ready\n12345tail");
  });
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("send \".\"", send_text("."));
  sheet.step("recv until \"\\r\\n\"", StepRecvUntil{{'\r', '\n'}});
  sheet.step("recv /[0-9]+ .*\\n/", StepRecvPattern{"[0-9]+ .*\\n"});
  sheet.step("recv 5 bytes", StepRecvCount{5}).step("recv \"tail\"", recv_text("tail"));
  const PlayedSession played = sheet.step("recv eof", StepRecvEof{}).play(server.port());
  CHECK(failure_lines(played).empty());
  REQUIRE(played.steps.size() == 7);
  CHECK(played.steps[2].outcome == "6 bytes: 6c 69 6e 65 0d 0a");
  CHECK(played.steps[3].outcome.starts_with("10 bytes"));
}

TEST_CASE("a client's number stands in what it reads up to, and in its patterns", "[session]") {
  TestServer server(Kind::tcp, [](int listener) {
    write_all(accept_one(listener).get(), "you are 1;127.0.0.1!");
  });
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("recv until", StepRecvUntil{{'{', 'n', '}', ';'}});
  sheet.step("recv /{host}!/", StepRecvPattern{"^{host}!$"}).step("recv eof", StepRecvEof{});
  CHECK(failure_lines(sheet.play(server.port())).empty());
}

TEST_CASE("a message whose bytes tell its size is taken as it comes, and no byte behind it",
          "[session]") {
  TestServer server(Kind::tcp, [](int listener) {
    const UniqueFd client = accept_one(listener);
    write_all(client.get(), std::string(3000, 'a') + '\0' + "tail");
  });
  Field codes;
  codes.name = "codes";
  codes.type = FieldType::unsigned_integer;
  codes.is_array = true;
  codes.count = CountUntilValue{{FieldCondition{"codes", Comparison::equal, {"0", false}}}};
  SheetBuilder sheet;
  sheet.layout({"codes", {codes}}).step("connect", StepConnect{});
  sheet.step("recv codes", StepRecvMessage{Message{{LayoutPart{"codes", {}}}, {}}});
  sheet.step("recv \"tail\"", recv_text("tail"));
  const PlayedSession played = sheet.step("close", StepClose{}).play(server.port());
  CHECK(failure_lines(played).empty());
  CHECK(played.steps.at(1).outcome.starts_with("3001 bytes"));
  // What waits at a time: not one call for each byte.
  CHECK(played.calls.size() < 10);
}

TEST_CASE("one of several messages is read, and what is none of them is told at once",
          "[session]") {
  TestServer server(Kind::tcp, [](int listener) {
    const UniqueFd client = accept_one(listener);
    write_all(client.get(), "no");
    read_exactly(client.get(), 1);
    write_all(client.get(), "?maybe");
    read_exactly(client.get(), 1);
  });
  const StepRecvEither either{{recv_text("yes").message, recv_text("no?").message}};
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("send \"x\"", send_text("x"));
  sheet.step("recv \"yes\" or \"no?\"", either);
  sheet.step("recv \"yes\" or \"no?\"", either);
  const PlayedSession played = sheet.play(server.port());
  CHECK(played.steps.at(2).outcome == "3 bytes: 6e 6f 3f");
  CHECK(failure_lines(played).find("differs at offset 0") != std::string::npos);
}

TEST_CASE("a group's step runs on all its clients and fills in their numbers", "[session]") {
  std::string seen;
  TestServer server(Kind::tcp, [&](int listener) {
    std::vector<UniqueFd> clients;
    for (int k = 0; k < 5; ++k) clients.push_back(accept_one(listener));
    for (const UniqueFd& client : clients) seen += read_exactly(client.get(), 4);
    for (auto client = clients.rbegin(); client != clients.rend(); ++client) {
      write_all(client->get(), "ok");
    }
  });
  SheetBuilder sheet;
  sheet.clients(5).step("each: connect", StepConnect{});
  sheet.step("each: send \"no.{n}\"", send_text("no.{n}"));
  const PlayedSession played = sheet.step("each: recv \"ok\"", recv_text("ok")).play(server.port());
  CHECK(failure_lines(played).empty());
  server.finish();
  CHECK(seen == "no.1no.2no.3no.4no.5");
  REQUIRE(played.steps.size() == 15);
  CHECK(played.steps[14].actor == "c5");
  CHECK(call_line(played, "c3") == "connect send:4 recv:2 close");
}

TEST_CASE("a repeat counts from one and opens a new socket for each connect", "[session]") {
  std::string seen;
  TestServer server(Kind::tcp, [&](int listener) {
    for (int k = 0; k < 3; ++k) seen += read_to_end(accept_one(listener).get());
  });
  SheetBuilder body;
  body.step("connect", StepConnect{}).step("send \"{i};\"", send_text("{i};"));
  body.step("close", StepClose{});
  const PlayedSession played = SheetBuilder().repeat(3, body).play(server.port());
  CHECK(failure_lines(played).empty());
  server.finish();
  CHECK(seen == "1;2;3;");
  CHECK(played.steps.size() == 9);
  CHECK(played.calls.back().socket == 3);
  CHECK(played.actors.size() == 3);
}

TEST_CASE("a remembered field is each client's own", "[session]") {
  std::string seen;
  TestServer server(Kind::tcp, [&](int listener) {
    std::vector<UniqueFd> clients;
    for (char id : {'\1', '\2'}) {
      clients.push_back(accept_one(listener));
      write_all(clients.back().get(),
                std::string("\0\0\0\4\0\0\0", 7) + id + std::string("\0\0\0", 3) + id);
    }
    for (const UniqueFd& client : clients) seen += read_exactly(client.get(), 12).substr(7, 1);
  });
  FieldArgument remember{"id", FieldArgument::Kind::remember, {}, "id", {}};
  FieldArgument recall{"id", FieldArgument::Kind::recall, {}, "id", {}};
  FieldArgument anything{"result", FieldArgument::Kind::anything, {}, "", {}};
  StepSend send;
  send.message =
      layout_message("reply", {field_value("length", "4"), recall, field_value("result", "0")});
  SheetBuilder sheet;
  sheet.layout(reply_layout()).clients(2).step("each: connect", StepConnect{});
  sheet.step(
      "each: recv reply id=?id",
      StepRecvMessage{layout_message("reply", {field_value("length", "4"), remember, anything})});
  const PlayedSession played = sheet.step("each: send reply id=$id", send).play(server.port());
  CHECK(failure_lines(played).empty());
  server.finish();
  CHECK(seen == "\1\2");
}

TEST_CASE("the bytes of all calls add up to the bytes of the stream, however large", "[session]") {
  const std::string large(3'000'000, 'x');
  std::size_t seen = 0;
  TestServer server(Kind::tcp, [&](int listener) {
    const UniqueFd client = accept_one(listener);
    seen = read_exactly(client.get(), large.size()).size();
    std::size_t left = large.size();
    while (left > 0) {
      const ssize_t sent = ::write(client.get(), large.data(), left);
      if (sent <= 0) return;
      left -= static_cast<std::size_t>(sent);
    }
  });
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("send", send_text(large));
  const PlayedSession played = sheet.step("recv", recv_text(large)).play(server.port());
  CHECK(failure_lines(played).empty());
  std::int64_t sent = 0;
  std::int64_t received = 0;
  for (const SocketCall& call : played.calls) {
    if (call.name == "send") sent += call.result;
    if (call.name == "recv") received += call.result;
  }
  server.finish();
  CHECK(seen == large.size());
  CHECK(sent == 3'000'000);
  CHECK(received == 3'000'000);
}

TEST_CASE("a UDP message is one datagram, and an empty one is a datagram too", "[session]") {
  std::string seen;
  TestServer server(Kind::udp, [&](int socket) {
    seen = answer_datagram(socket, "pong");
    seen += "|" + answer_datagram(socket, "");
  });
  SheetBuilder sheet;
  sheet.udp().step("connect", StepConnect{}).step("send \"ping\"", send_text("ping"));
  sheet.step("recv \"pong\"", recv_text("pong")).step("send \"\"", send_text(""));
  const PlayedSession played = sheet.step("recv 0 bytes", recv_text("")).play(server.port());
  CHECK(failure_lines(played).empty());
  CHECK(call_line(played) == "connect send:4 recv:4 send:0 recv:0 close");
  server.finish();
  CHECK(seen == "ping|");
  REQUIRE(played.actors.size() == 1);
  CHECK_FALSE(played.actors[0].tcp);
}

TEST_CASE("a capture's descriptor is served during the session and stays open", "[session]") {
  TestServer server(Kind::tcp, [](int listener) { read_to_end(accept_one(listener).get()); });
  const UniqueFd capture(eventfd(1, 0));
  int drained = 0;
  PlayOptions options;
  options.capture_fd = capture.get();
  options.on_capture_readable = [&] {
    std::uint64_t value = 0;
    drained += ::read(capture.get(), &value, sizeof value) == sizeof value ? 1 : 0;
  };
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("wait 1ms", StepWait{milliseconds(1)});
  CHECK(failure_lines(sheet.play(options, server.port())).empty());
  CHECK(drained == 1);
  const std::uint64_t again = 1;
  CHECK(::write(capture.get(), &again, sizeof again) == sizeof again);
}

TEST_CASE("steps on the server are the caller's, or are skipped with a reason", "[session]") {
  const ClosedPort nothing;
  SheetBuilder sheet;
  sheet.step("server: alive", StepServer{});
  const PlayedSession skipped = sheet.play(nothing.port());
  CHECK(failure_lines(skipped).empty());
  CHECK(skipped.skipped.size() == 1);
  PlayOptions options;
  options.server_action = [](ServerAction) { return ServerOutcome{"the server has ended", ""}; };
  const PlayedSession failed = sheet.play(options, nothing.port());
  CHECK(failure_lines(failed) == "the server has ended\n");
  CHECK(failed.failures.at(0).gave_up);
  CHECK_FALSE(failed.timed_out);
}

TEST_CASE("a server that was given no time to be seen in was waited for in vain", "[session]") {
  const ClosedPort nothing;
  SheetBuilder sheet;
  sheet.step("server: idle", StepServer{ServerAction::idle});
  PlayOptions options;
  std::size_t waits = 0;
  options.on_time_out = [&waits](const VainWait&) { ++waits; };
  options.server_action = [](ServerAction) { return ServerOutcome{"awake", "", false, true}; };
  const PlayedSession played = sheet.play(options, nothing.port());
  CHECK(failure_lines(played) == "awake\n");
  CHECK(played.timed_out);
  CHECK(waits == 1);
}

}  // namespace
}  // namespace wireproof
