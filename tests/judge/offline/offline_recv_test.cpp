#include "judge/offline/offline_recv.h"

#include "catch.h"

namespace wireproof {
namespace {

Bytes bytes_of(std::string_view text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

Datagram datagram_of(Side from, std::string_view text) {
  Datagram datagram;
  datagram.from = from;
  datagram.payload = as_bytes(text);
  datagram.payload_size = static_cast<std::uint32_t>(text.size());
  return datagram;
}

Message text_message(const std::string& text) {
  Message message;
  message.parts.emplace_back(TextPart{text});
  return message;
}

struct Client {
  OfflineRecv recv() { return {actor, layouts, variables}; }

  OfflineActor actor;
  LayoutSet layouts;
  Variables variables;
};

struct Stream : Client {
  explicit Stream(std::string_view text) {
    connection.server_stream = bytes_of(text);
    actor.tcp = &connection;
  }

  TcpConnection connection;
};

struct DatagramClient : Client {
  explicit DatagramClient(const std::vector<std::string_view>& replies) {
    for (const std::string_view reply : replies) {
      exchange.datagrams.push_back(datagram_of(Side::client, "request"));
      exchange.datagrams.push_back(datagram_of(Side::server, reply));
    }
    actor.uses_udp = true;
    actor.udp = &exchange;
  }

  UdpExchange exchange;
};

std::string said(const Finding& finding) {
  return finding ? finding->message : "";
}

}  // namespace

TEST_CASE("the steps of a stream read on where the last one ended", "[judge]") {
  Stream stream("pong12\nab7cd");
  CHECK_FALSE(stream.recv().message(text_message("pong")));
  CHECK_FALSE(stream.recv().until(bytes_of("\n")));
  CHECK_FALSE(stream.recv().pattern("[0-9]"));
  CHECK(said(stream.recv().end()) == "the server sent 2 more bytes before its end");
  CHECK_FALSE(stream.recv().count(2));
  CHECK(said(stream.recv().end()) == "the capture has no FIN of the server on this connection");
}

TEST_CASE("a client's number is filled in where a text or a pattern is searched for", "[judge]") {
  Stream stream("you are 7;b8c");
  stream.variables["n"] = "7";
  CHECK_FALSE(stream.recv().until(bytes_of("{n};")));
  CHECK(said(stream.recv().pattern("b{n}c")) == "the server did not send a match of /b7c/");
}

TEST_CASE("what a stream lacks is said, and nothing of it is used up", "[judge]") {
  Stream stream("pxng");
  CHECK(said(stream.recv().message(text_message("pong"))) == "byte 1 of the message differs");
  CHECK(said(stream.recv().message(text_message("pxnging"))) == "the server sent 4 of 7 bytes");
  CHECK(said(stream.recv().count(5)) == "the server sent 4 more bytes, not 5 bytes");
  CHECK(said(stream.recv().until(bytes_of("\n"))) == "the server did not send \"\\n\"");
  CHECK(said(stream.recv().pattern("[0-9]")) == "the server did not send a match of /[0-9]/");
  CHECK(stream.actor.received == 0);
}

TEST_CASE("each step of a datagram client takes the next datagram", "[judge]") {
  DatagramClient datagrams({"pong", "12345", "line\n", "a7"});
  CHECK_FALSE(datagrams.recv().message(text_message("pong")));
  CHECK_FALSE(datagrams.recv().count(5));
  CHECK_FALSE(datagrams.recv().until(bytes_of("\n")));
  CHECK_FALSE(datagrams.recv().pattern("[0-9]"));
  CHECK(said(datagrams.recv().count(1)) == "the capture has no such datagram of the server");
}

TEST_CASE("a datagram is one message, neither more nor less", "[judge]") {
  DatagramClient datagrams({"pong!", "123456", "line\nx", "a7b", "none"});
  CHECK(said(datagrams.recv().message(text_message("pong"))) == "byte 4 of the message differs");
  CHECK(datagrams.actor.datagram.size() == 5);
  CHECK(said(datagrams.recv().count(5)) ==
        "the server sent 6 bytes where a datagram of 5 bytes is expected");
  CHECK(said(datagrams.recv().until(bytes_of("\n"))) ==
        "the server sent 6 bytes where a datagram that ends with \"\\n\" is expected");
  CHECK(said(datagrams.recv().pattern("[0-9]")) ==
        "the server sent 3 bytes where a datagram that ends with a match of /[0-9]/ is expected");
  CHECK(said(datagrams.recv().until(bytes_of("\n"))) == "the server did not send \"\\n\"");
}

TEST_CASE("a pattern that cannot be read is said", "[judge]") {
  Stream stream("pong");
  CHECK(said(stream.recv().pattern("(")).starts_with("a match of /(/: "));
}

TEST_CASE("only the begin of a long stream is searched for a pattern", "[judge]") {
  Stream stream(std::string(1'000'000, 'x'));
  CHECK(said(stream.recv().pattern("[^y]*y")) == "the server did not send a match of /[^y]*y/");
}

TEST_CASE("one of several messages is taken from a stream or a datagram", "[judge]") {
  const std::vector<Message> either{text_message("yes"), text_message("no")};
  Stream stream("noyesmaybe");
  CHECK(said(stream.recv().either(either)).empty());
  CHECK(said(stream.recv().either(either)).empty());
  CHECK(stream.actor.received == 5);
  CHECK_FALSE(said(stream.recv().either(either)).empty());
  Stream cut("n");
  CHECK_FALSE(said(cut.recv().either(either)).empty());
  CHECK(cut.actor.lacks_bytes);
  DatagramClient datagrams({"no", "nope"});
  CHECK(said(datagrams.recv().either(either)).empty());
  CHECK_FALSE(said(datagrams.recv().either(either)).empty());
}

}  // namespace wireproof
