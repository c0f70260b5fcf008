#include "catch.h"
#include "servers/stream_play.h"

namespace wireproof {
namespace {

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("echo-both gives every byte back, however the stream is cut", "[servers]") {
  const Service service = service_of("echo-both");
  const std::string stream = "00 ff 61 0a c3 a4";
  const std::vector<std::string> pieces = {"00", "ff 61", "0a c3", "a4"};
  CHECK(play(service, pieces) == Played{{"00", "ff 61", "0a c3", "a4"}, Ending::none});
  CHECK(play_to_eof(service, {stream}) == Played{{stream}, Ending::close});
  CHECK(play_to_eof(service, {}) == Played{{}, Ending::close});
  CHECK(reply_to(service, stream) == Texts{stream});
  CHECK(reply_to(service, "") == Texts{""});
}

TEST_CASE("reverse turns the bytes of each message round, not those of the stream", "[servers]") {
  const Service service = service_of("reverse");
  CHECK(service.stream_read_size == 1024);
  CHECK(service.datagram_read_size == 1024);
  CHECK(play(service, {hex("Hello"), hex("x"), hex("12")}) ==
        Played{{hex("olleH"), hex("x"), hex("21")}, Ending::none});
  CHECK(play_to_eof(service, {hex("ab")}) == Played{{hex("ba")}, Ending::close});
  CHECK(reply_to(service, "c3 a4 00") == Texts{"00 a4 c3"});
  CHECK(reply_to(service, "") == Texts{""});
}

TEST_CASE("echo-chunks puts its prefix before each chunk and leaves the bytes alone", "[servers]") {
  const Service service = service_of("echo-chunks");
  CHECK(service.stream_read_size == 30);
  CHECK(play_to_eof(service, {hex("one"), hex("two")}) ==
        Played{{hex("server got: one"), hex("server got: two")}, Ending::close});
  CHECK(play(service, {"ff c3"}).sends == Texts{hex("server got: \xff\xc3")});
  CHECK(play_to_eof(service, {}) == Played{{}, Ending::close});
}

TEST_CASE("echo-once answers what one read brought and closes first", "[servers]") {
  const Service service = service_of("echo-once");
  CHECK(service.stream_read_size == 128);
  CHECK(play(service, {hex("Hallo Server"), hex("more")}) ==
        Played{{hex("SERVER RECEIVED: Hallo Server")}, Ending::close});
  CHECK(play(service, {"61 ff"}) == Played{{hex("SERVER RECEIVED: a\xef\xbf\xbd")}, Ending::close});
  CHECK(play_to_eof(service, {}) == Played{{}, Ending::close});
}

TEST_CASE("echo-text and echo-select speak the same protocol", "[servers]") {
  for (const std::string name : {"echo-text", "echo-select"}) {
    INFO(name);
    const Service service = service_of(name);
    CHECK(service.stream_read_size == 1024);
    CHECK(play_to_eof(service, {hex("hello"), hex("x")}) ==
          Played{{hex("ECHO: hello"), hex("ECHO: x")}, Ending::close});
    CHECK(play(service, {hex("gr\xc3"), hex("\xbc\xff")}).sends ==
          Texts{hex("ECHO: gr"), hex("ECHO: ü\xef\xbf\xbd")});
    CHECK(play_to_eof(service, {hex("\xc3")}) == Played{{}, Ending::close});
  }
}

TEST_CASE("a text echo gives every character back whole, wherever its stream is cut", "[servers]") {
  const Service service = service_of("echo-text");
  const std::string text = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z";
  for (std::size_t size = 1; size < text.size(); ++size) {
    INFO("cut after byte " << size);
    std::string all;
    for (const std::string& answer :
         play(service, {hex(text.substr(0, size)), hex(text.substr(size))}).sends) {
      const std::string prefix = hex("ECHO: ");
      REQUIRE(answer.substr(0, prefix.size()) == prefix);
      all += answer.substr(prefix.size());
    }
    std::erase(all, ' ');
    std::string whole = hex(text);
    std::erase(whole, ' ');
    CHECK(all == whole);
  }
}

TEST_CASE("an echo server puts the text that it is told before each answer", "[servers]") {
  for (const char* const name :
       {"echo-text", "echo-select", "echo-threads", "echo-chunks", "echo-once"}) {
    INFO(name);
    for (const std::string prefix : {"> ", "", "Größe: "}) {
      CHECK(play(service_of(name, {{"prefix", prefix}}), {hex("hello")}).sends ==
            Texts{hex(prefix + "hello")});
    }
  }
}

TEST_CASE("print-udp never replies", "[servers]") {
  const Service service = service_of("print-udp");
  CHECK(service.datagram_read_size == 2048);
  CHECK(reply_to(service, hex("hello")).empty());
  CHECK(reply_to(service, "").empty());
}

}  // namespace wireproof
