#include "catch.h"
#include "servers/protocols/reference_servers.h"
#include "servers/protocols/unicode_text.h"
#include "servers/stream_play.h"

namespace wireproof {
namespace {

using Texts = std::vector<std::string>;

std::string upper(const std::string& text) {
  return std::string(as_text(upper_case(as_bytes(text))));
}

std::size_t kept_size(const std::string& text) {
  return text.size() - size_without_cut_character(as_bytes(text));
}

}  // namespace

TEST_CASE("upper case is Unicode's, and its size may differ", "[servers]") {
  CHECK(upper("hello world") == "HELLO WORLD");
  CHECK(upper("æøå") == "ÆØÅ");
  CHECK(upper("straße") == "STRASSE");
  CHECK(upper("\xef\xac\x81") == "FI");  // U+FB01, the ligature fi
  CHECK(upper("ı") == "I");
  CHECK(upper("1 + 2\n") == "1 + 2\n");
  CHECK(upper("") == "");
}

TEST_CASE("what is not UTF-8 becomes U+FFFD and the rest is answered", "[servers]") {
  CHECK(upper("a\xff z") == "A\xef\xbf\xbd Z");
  CHECK(upper("a\xc3") == "A\xef\xbf\xbd");
  CHECK(as_text(valid_utf8(as_bytes("a\xe2\x82z"))) == "a\xef\xbf\xbdz");
}

TEST_CASE("a character cut at the end is told from bytes that are none", "[servers]") {
  CHECK(kept_size("") == 0);
  CHECK(kept_size("abc") == 0);
  CHECK(kept_size("\xc3\xa4") == 0);
  CHECK(kept_size("a\xc3") == 1);
  CHECK(kept_size("a\xe2\x82") == 2);
  CHECK(kept_size("\xf0\x9f\x98") == 3);
  CHECK(kept_size("\xf0\x9f\x98\x80") == 0);
  CHECK(kept_size("\xa4") == 0);          // a continuation that continues nothing
  CHECK(kept_size("\xff") == 0);          // never part of UTF-8
  CHECK(kept_size("\xed\xa0") == 0);      // a surrogate, RFC 3629 §3
  CHECK(kept_size("\xe2\x82\xc3") == 1);  // the first of the two is wrong already
}

TEST_CASE("upper-tcp answers what one read brought and closes first", "[servers]") {
  const Service service = service_of("upper-tcp");
  CHECK(service.stream_read_size == 1024);
  CHECK(play(service, {hex("hello")}) == Played{{hex("HELLO")}, Ending::close});
  CHECK(play_to_eof(service, {}) == Played{{}, Ending::close});
}

TEST_CASE("upper-udp answers every datagram, the empty one too", "[servers]") {
  const Service service = service_of("upper-udp");
  CHECK(service.datagram_read_size == 2048);
  CHECK(reply_to(service, hex("straße")) == Texts{hex("STRASSE")});
  CHECK(reply_to(service, "") == Texts{""});
}

TEST_CASE("echo-threads answers each chunk with its prefix and stays until EOF", "[servers]") {
  const Service service = service_of("echo-threads");
  CHECK(service.stream_read_size == 1024);
  CHECK(play_to_eof(service, {hex("one"), hex("two")}) ==
        Played{{hex("You told me: one"), hex("You told me: two")}, Ending::close});
  CHECK(play_to_eof(service, {}) == Played{{}, Ending::close});
}

TEST_CASE("echo-threads keeps a cut character back until it is whole", "[servers]") {
  const Service service = service_of("echo-threads");
  CHECK(play(service, {hex("gr\xc3"), hex("\xbc\xc3\x9f"
                                          "e")})
            .sends == Texts{hex("You told me: gr"), hex("You told me: üße")});
  CHECK(play(service, {hex("\xf0\x9f"), hex("\x98"), hex("\x80")}).sends ==
        Texts{hex("You told me: 😀")});
  CHECK(play_to_eof(service, {hex("\xc3")}) == Played{{}, Ending::close});
}

}  // namespace wireproof
