#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <future>

#include "catch.h"
#include "play/client/actor_step.h"
#include "play/client/client_socket.h"
#include "play/client/player.h"
#include "support/sheet_builder.h"
#include "support/test_server.h"

namespace wireproof {
namespace {

using Kind = TestServer::Kind;
using std::chrono::milliseconds;

// One TCP connection: the server sends `reply` and closes; the client's one step is `action`.
PlayedSession play_against(const std::string& reply, StepAction action) {
  TestServer server(Kind::tcp, [&](int listener) { write_all(accept_one(listener).get(), reply); });
  SheetBuilder sheet;
  sheet.layout(reply_layout()).step("connect", StepConnect{});
  return sheet.step("the step", std::move(action)).play(server.port());
}

// The same against a server that stays silent until the client is gone.
PlayedSession play_against_silence(const std::string& reply, StepAction action,
                                   milliseconds limit = milliseconds(30)) {
  TestServer server(Kind::tcp, [&](int listener) {
    const UniqueFd client = accept_one(listener);
    if (!reply.empty()) write_all(client.get(), reply);
    read_to_end(client.get());
  });
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("the step", std::move(action));
  return sheet.within(limit).play(server.port());
}

constexpr std::chrono::hours kEnoughTime{1};

boost::asio::awaitable<void> connect_and_await(ClientSocket& socket, std::uint16_t port) {
  ConnectPlan plan;
  plan.remote = parse_endpoint(fmt::format("127.0.0.1:{}", port)).value();
  socket.start_time_limit(kEnoughTime);
  static_cast<void>(co_await socket.connect(plan));
  Bytes waiting;
  while (waiting.size() < 3) static_cast<void>(co_await socket.peek(waiting));
}

boost::asio::awaitable<void> read_behind_limit(boost::asio::io_context& context,
                                               ClientSocket& socket, std::uint16_t port,
                                               std::promise<void>& is_over) {
  co_await connect_and_await(socket, port);
  socket.start_time_limit(Duration(0));
  co_await socket.pause(milliseconds(1));
  Bytes received;
  static_cast<void>(co_await socket.recv(1, received));
  CHECK(as_text(received) == "a");
  is_over.set_value();
  Bytes waiting;
  while (waiting.size() < 5) static_cast<void>(co_await socket.peek(waiting));
  ClientProgram program(context, nullptr, nullptr, "client");
  Variables variables;
  const LayoutSet layouts;
  const StepSetting setting{layouts, {}, std::chrono::seconds(2), &socket, true, {}};
  ActorStep step(socket, program, variables, setting);
  const StepRecvCount count{9};
  const StepOutcome outcome = co_await step(count);
  CHECK(outcome.text ==
        "no end of the answer within 2s: the server is still sending, 2 of 9 bytes so far");
  CHECK(outcome.timed_out);
  CHECK(as_text(outcome.received) == "bc");
  socket.close();
}

boost::asio::awaitable<void> read_until_limit(ClientSocket& socket, std::uint16_t port) {
  co_await connect_and_await(socket, port);
  Bytes received;
  static_cast<void>(co_await socket.recv(3, received));
  socket.shorten_time_limit(milliseconds(1));
  const IoResult paused = co_await socket.recv(1, received);
  CHECK(paused.timed_out);
  CHECK(paused.still_coming);
  socket.start_time_limit(milliseconds(1));
  const IoResult silent = co_await socket.recv(1, received);
  CHECK(silent.timed_out);
  CHECK_FALSE(silent.still_coming);
  socket.close();
}

TEST_CASE("a wrong answer names the first differing byte and its field", "[session]") {
  const std::string reply("\0\0\0\x08\0\0\0\x01\0\0\0\x0e", 12);
  const StepRecvMessage expected{layout_message(
      "reply", {field_value("length", "8"), field_value("id", "1"), field_value("result", "15")})};
  const PlayedSession played = play_against(reply, expected);
  REQUIRE(played.failures.size() == 1);
  CHECK(played.failures[0].diagnostic.message == "the answer differs at offset 11, field `result`");
  CHECK(played.failures[0].diagnostic.span == (Span{8, 16}));
  CHECK(failure_note(played, "bytes") == "3: 08 00 00 00 01 00 00 00 [0e]");
  CHECK_FALSE(failure_note(played, "expected").empty());
  CHECK_FALSE(failure_note(played, "captured").empty());
  CHECK_FALSE(played.steps.at(1).ok);
  CHECK_FALSE(played.timed_out);
}

TEST_CASE("an answer that ends early says how much of it came", "[session]") {
  CHECK(failure_lines(play_against("abcd", recv_text("abcdefghijkl"))) ==
        "the server closed the connection after 4 of 12 bytes\n");
  CHECK(failure_lines(play_against("", StepRecvCount{2})) ==
        "the server closed the connection after 0 of 2 bytes\n");
  const PlayedSession until = play_against("abc", StepRecvUntil{{'\n'}});
  CHECK(failure_lines(until) == "the server closed the connection after 3 bytes\n");
  CHECK(failure_note(until, "expected") == R"("\n")");
}

TEST_CASE("a step without answer fails when its time is over, and is marked", "[session]") {
  const PlayedSession silent = play_against_silence("", recv_text("abc"));
  CHECK(failure_lines(silent) == "no answer within 30ms: 0 of 3 bytes came\n");
  CHECK(silent.timed_out);
  CHECK(silent.calls.at(1).waited);
  CHECK(silent.calls.at(1).result == -1);
  CHECK(failure_lines(play_against_silence("", StepRecvEof{})) ==
        "the server did not close the connection within 30ms\n");
  CHECK(failure_lines(play_against_silence("", StepRecvReset{})) ==
        "the server did not reset the connection within 30ms\n");
}

TEST_CASE("bytes that are not what a step searches for are said to have come", "[session]") {
  constexpr milliseconds kLimit{300};
  const StepRecvPattern mail{"^250 "};
  const PlayedSession other = play_against_silence("503 no\n", mail, kLimit);
  CHECK(failure_lines(other) == "what came within 300ms does not match /^250 /\n");
  CHECK(other.steps.at(1).outcome == "what came within 300ms does not match /^250 /");
  CHECK(failure_note(other, "expected") == "a match of /^250 /");
  CHECK(failure_note(other, "captured") == "\"503 no\\n\"");
  const StepRecvPattern mails{"^" + std::string(60, 'a')};
  CHECK(failure_lines(play_against_silence("503", mails, kLimit)) ==
        "what came within 300ms does not match the pattern\n");
  CHECK(failure_lines(play_against_silence("503", StepRecvUntil{{'\n'}}, kLimit)) ==
        "what came within 300ms has no \"\\n\"\n");
  CHECK(failure_lines(play_against_silence("", mail)) == "no answer within 30ms: 0 bytes came\n");
}

TEST_CASE("a UDP client that waits in vain has got no datagram", "[session]") {
  const TestServer silent(Kind::udp, [](int) {});
  SheetBuilder sheet;
  sheet.udp().step("connect", StepConnect{}).step("send \"x\"", send_text("x"));
  sheet.step("recv 1 bytes", StepRecvCount{1}).within(milliseconds(30));
  CHECK(failure_lines(sheet.play(silent.port())) == "no answer within 30ms: no datagram came\n");
}

TEST_CASE("a partial answer that is wrong already shows its difference", "[session]") {
  constexpr milliseconds kLongerThanTheTest{3'600'000};
  const PlayedSession played = play_against_silence("aX", recv_text("abc"), kLongerThanTheTest);
  CHECK(failure_lines(played) == "the answer differs at offset 1\n");
  CHECK(failure_note(played, "bytes") == "0: 61 [58]");
}

TEST_CASE("the time of a step is not waited out for the rest of a wrong answer", "[session]") {
  constexpr milliseconds kLongerThanTheTest{3'600'000};
  const PlayedSession played = play_against_silence("aX", recv_text("abc"), kLongerThanTheTest);
  CHECK(failure_lines(played) == "the answer differs at offset 1\n");
}

TEST_CASE("the time limit of a step holds while bytes come: what waits then is read, and no more",
          "[session]") {
  std::promise<void> is_over;
  TestServer server(Kind::tcp, [&](int listener) {
    const UniqueFd client = accept_one(listener);
    write_all(client.get(), "abc");
    is_over.get_future().wait();
    write_all(client.get(), "def");
    read_to_end(client.get());
  });
  boost::asio::io_context context;
  CallLog log;
  ClientSocket socket(context, "client", log);
  boost::asio::co_spawn(context, read_behind_limit(context, socket, server.port(), is_over),
                        [](const std::exception_ptr& error) {
                          if (error) std::rethrow_exception(error);
                        });
  context.run();
}

TEST_CASE("a server is still sending if bytes came in the last part of the limit", "[session]") {
  TestServer server(Kind::tcp, [](int listener) {
    const UniqueFd client = accept_one(listener);
    write_all(client.get(), "abc");
    read_to_end(client.get());
  });
  boost::asio::io_context context;
  CallLog log;
  ClientSocket socket(context, "client", log);
  boost::asio::co_spawn(context, read_until_limit(socket, server.port()),
                        [](const std::exception_ptr& error) {
                          if (error) std::rethrow_exception(error);
                        });
  context.run();
}

TEST_CASE("bytes where the end of the stream is expected are shown", "[session]") {
  const PlayedSession played = play_against("hi", StepRecvEof{});
  CHECK(failure_lines(played) ==
        "the server sent 2 bytes where the end of the stream is expected\n");
  CHECK(failure_note(played, "captured") == "2 bytes: 68 69");
}

TEST_CASE("of what comes where the end of the stream is expected enough is read to know it",
          "[session]") {
  TestServer server(Kind::tcp, [](int listener) {
    const UniqueFd client = accept_one(listener);
    write_all(client.get(), "ECHO: ");
    write_all(client.get(), std::string(2000, 'x'));
    read_to_end(client.get());
  });
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("the end", StepRecvEof{});
  CHECK(failure_lines(sheet.play(server.port())) ==
        "the server sent 1024 bytes where the end of the stream is expected\n");
}

TEST_CASE("a reset is told from an end of stream", "[session]") {
  CHECK(failure_lines(play_against("", StepRecvReset{})) ==
        "the server closed the connection where a reset is expected\n");
  for (const bool expected : {true, false}) {
    // Not before the client has connected: a reset then would be connect()'s.
    TestServer server(Kind::tcp, [](int listener) {
      UniqueFd client = accept_one(listener);
      read_exactly(client.get(), 1);
      reset_connection(std::move(client));
    });
    SheetBuilder sheet;
    sheet.step("connect", StepConnect{}).step("send \"a\"", send_text("a"));
    if (expected) {
      sheet.step("recv reset", StepRecvReset{});
    } else {
      sheet.step("recv eof", StepRecvEof{});
    }
    CHECK(failure_lines(sheet.play(server.port())).empty() == expected);
  }
}

TEST_CASE("an abort resets the server's side", "[session]") {
  std::string seen;
  {
    TestServer server(Kind::tcp,
                      [&](int listener) { seen = read_to_end(accept_one(listener).get()); });
    SheetBuilder sheet;
    sheet.step("connect", StepConnect{}).step("abort", StepAbort{}).play(server.port());
  }
  CHECK(seen == "RST");
}

TEST_CASE("after a shutdown the answer can still be read", "[session]") {
  std::string seen;
  TestServer server(Kind::tcp, [&](int listener) {
    const UniqueFd client = accept_one(listener);
    write_all(client.get(), "got " + read_to_end(client.get()));
  });
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("send \"abc\"", send_text("abc"));
  sheet.step("shutdown", StepShutdown{}).step("recv \"got abc\"", recv_text("got abc"));
  const PlayedSession played = sheet.play(server.port());
  CHECK(failure_lines(played).empty());
  CHECK(call_line(played) == "connect send:3 shutdown recv:7 close");
}

TEST_CASE("silence is met by silence alone", "[session]") {
  CHECK(failure_lines(play_against_silence("", StepRecvNothing{milliseconds(20)})).empty());
  // What comes ends it, however long that takes on a busy machine.
  const StepRecvNothing longer{std::chrono::hours(1)};
  CHECK(failure_lines(play_against_silence("x", longer)) ==
        "the server sent 1 byte where silence for 60m is expected\n");
  CHECK(failure_lines(play_against("", longer)) ==
        "the server closed the connection where silence for 60m is expected\n");
}

TEST_CASE("a refused connect fails unless the next step wants it refused", "[session]") {
  const ClosedPort closed;
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{});
  const PlayedSession unwanted = sheet.play(closed.port());
  REQUIRE(unwanted.failures.size() == 1);
  CHECK(unwanted.failures[0].diagnostic.message ==
        "connect to 127.0.0.1:" + std::to_string(closed.port()) +
            ": refused: nothing listens on the server's port");
  CHECK(unwanted.failures[0].diagnostic.span == (Span{0, 7}));
  CHECK_FALSE(unwanted.steps.at(0).ok);
  sheet.step("refused", StepRefused{});
  const PlayedSession wanted = sheet.play(closed.port());
  CHECK(failure_lines(wanted).empty());
  REQUIRE(wanted.steps.size() == 2);
  CHECK(wanted.steps[0].ok);
  CHECK(wanted.actors.size() == 1);
  CHECK(call_line(wanted) == "connect close");
}

TEST_CASE("an accepted connect is no refused one", "[session]") {
  CHECK(failure_lines(play_against("", StepRefused{})) == "the server accepted the connection\n");
}

TEST_CASE("a UDP client learns of a closed port through its socket", "[session]") {
  const ClosedPort closed(Kind::udp);
  TestServer open(Kind::udp, [](int socket) { answer_datagram(socket, "here"); });
  SheetBuilder sheet;
  sheet.udp().step("connect", StepConnect{}).step("send \"x\"", send_text("x"));
  sheet.step("refused", StepRefused{});
  CHECK(failure_lines(sheet.play(open.port())) == "the server answered: the port is open\n");
  CHECK(failure_lines(sheet.play(closed.port())).empty());
}

TEST_CASE("a datagram that is longer or shorter than its message is a mismatch", "[session]") {
  for (const std::string reply : {"pongs", "pon"}) {
    TestServer server(Kind::udp, [&](int socket) { answer_datagram(socket, reply); });
    SheetBuilder sheet;
    sheet.udp().step("connect", StepConnect{}).step("send \"x\"", send_text("x"));
    const PlayedSession played = sheet.step("recv \"pong\"", recv_text("pong")).play(server.port());
    CHECK(failure_lines(played) == "the answer differs at offset " +
                                       std::to_string(std::min<std::size_t>(reply.size(), 4)) +
                                       "\n");
  }
}

TEST_CASE("a failed step ends its actor's part and nobody else's", "[session]") {
  TestServer server(Kind::tcp, [](int listener) {
    const UniqueFd first = accept_one(listener);
    const UniqueFd second = accept_one(listener);
    write_all(first.get(), "bad");
    write_all(second.get(), "good");
  });
  SheetBuilder sheet;
  sheet.step("a: connect", StepConnect{}).step("b: connect", StepConnect{});
  sheet.step("a: recv \"god\"", recv_text("god")).step("a: send \"x\"", send_text("x"));
  const PlayedSession played =
      sheet.step("b: recv \"good\"", recv_text("good")).play(server.port());
  CHECK(played.failures.size() == 1);
  CHECK(call_line(played, "a") == "connect recv:3 close");
  CHECK(call_line(played, "b") == "connect recv:4 close");
  CHECK(played.steps.size() == 4);
}

TEST_CASE("clients of a group that fail at the same step make one message", "[session]") {
  const ClosedPort closed;
  SheetBuilder sheet;
  sheet.clients(3).step("each: connect", StepConnect{});
  const PlayedSession played = sheet.play(closed.port());
  REQUIRE(played.failures.size() == 1);
  CHECK(played.failures[0].diagnostic.message.starts_with("c1: connect to "));
  CHECK(failure_note(played, "also failed here") == "c2, c3");
}

TEST_CASE("a step before the connect says what is missing", "[session]") {
  const ClosedPort closed;
  CHECK(failure_lines(SheetBuilder().step("recv eof", StepRecvEof{}).play(closed.port())) ==
        "this actor is not connected: `connect` comes first\n");
}

TEST_CASE("what the system refuses is an error of the session, not a failure", "[session]") {
  const ClosedPort closed;
  const PlayedSession played =
      SheetBuilder().step("connect", StepConnect{"192.0.2.1:9"}).play(closed.port());
  CHECK(played.failures.empty());
  CHECK(played.error.starts_with("bind 192.0.2.1:9: "));
}

TEST_CASE("a UDP answer that is refused says so", "[session]") {
  const ClosedPort closed(Kind::udp);
  SheetBuilder sheet;
  sheet.udp().step("connect", StepConnect{}).step("send \"x\"", send_text("x"));
  CHECK(failure_lines(sheet.step("recv 1 bytes", StepRecvCount{1}).play(closed.port())) ==
        "refused: nothing listens on the server's port\n");
}

TEST_CASE("a step that runs out of time is told of before its client closes", "[session]") {
  TestServer server(Kind::tcp, [&](int listener) {
    const UniqueFd client = accept_one(listener);
    read_to_end(client.get());
  });
  SheetBuilder sheet;
  sheet.step("connect", StepConnect{}).step("the step", recv_text("abc"));
  sheet.within(milliseconds(30));
  std::vector<Duration> vain;
  PlayOptions options;
  options.on_time_out = [&](const VainWait& wait) { vain.push_back(wait.before); };
  const PlayedSession played = sheet.play(options, server.port());
  server.finish();
  REQUIRE(vain.size() == 1);
  CHECK(vain[0] == played.steps.at(1).started);
}

TEST_CASE("a failure quotes the note before it, which is nobody's step", "[session]") {
  TestServer server(Kind::tcp, [&](int listener) {
    const UniqueFd client = accept_one(listener);
    write_all(client.get(), "abd");
    read_to_end(client.get());
  });
  SheetBuilder sheet;
  sheet.step("note \"first\"", StepNote{"first"}).step("connect", StepConnect{});
  sheet.step("note \"second\"", StepNote{"second"}).step("recv \"abc\"", recv_text("abc"));
  const PlayedSession played = sheet.step("note \"third\"", StepNote{"third"}).play(server.port());
  server.finish();
  CHECK(failure_note(played, "note") == "second");
  CHECK(played.steps.size() == 2);
}

}  // namespace
}  // namespace wireproof
