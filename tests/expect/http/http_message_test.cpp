#include "expect/http/http_message.h"

#include "catch.h"

namespace wireproof {
namespace {

HttpMessage read_request(const std::string& text) {
  return read_http(HttpRole::request, as_bytes(text));
}
HttpMessage read_response(const std::string& text, bool answers_head = false) {
  return read_http(HttpRole::response, as_bytes(text), answers_head);
}

std::string stretch_of(const std::string& text, HttpStretch place) {
  return text.substr(place.begin, place.end - place.begin);
}

// "offset field: expected"
std::string http_fault(const HttpMessage& message) {
  if (!message.fault) return "";
  return std::to_string(message.fault->offset) + " " + message.fault->field + ": " +
         message.fault->expected;
}

TEST_CASE("a message of HTTP is read with the places of its parts", "[http]") {
  const std::string text =
      "HTTP/1.0 404 Not here\r\nContent-Type:  text/html \r\ncontent-length: 3\r\n\r\nabcHTTP";
  const HttpMessage message = read_response(text);
  REQUIRE(http_fault(message).empty());
  CHECK(message.complete);
  CHECK(message.status == 404);
  CHECK(stretch_of(text, message.version_place) == "HTTP/1.0");
  CHECK(stretch_of(text, message.reason_place) == "Not here");
  REQUIRE(message.fields.size() == 2);
  CHECK(message.fields[0].name == "Content-Type");
  CHECK(stretch_of(text, message.fields[0].value_place) == "text/html");
  CHECK(as_text(message.body) == "abc");
  CHECK(message.size == text.size() - 4);

  const std::string question = "POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
  const HttpMessage asked = read_request(question);
  CHECK(asked.complete);
  CHECK(asked.method == "POST");
  CHECK(stretch_of(question, asked.target_place) == "/a?b");
  CHECK(stretch_of(question, asked.version_place) == "HTTP/1.1");
}

TEST_CASE("chunks are put together, and a byte of the body is found in them", "[http]") {
  const std::string text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\nmore";
  const HttpMessage message = read_response(text);
  REQUIRE(http_fault(message).empty());
  CHECK(message.complete);
  CHECK(as_text(message.body) == "abcde");
  CHECK(text[message.body_offset(2)] == 'c');
  CHECK(text[message.body_offset(3)] == 'd');
  CHECK(message.size == text.size() - 4);

  const HttpMessage bad =
      read_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n");
  REQUIRE(bad.fault);
  CHECK(bad.fault->field == "body");
  CHECK(bad.fault->offset == 53);
}

TEST_CASE("every beginning of a message asks for more, and never for too much", "[http]") {
  const std::vector<std::string> texts{
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n",
  };
  for (const std::string& text : texts) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      const HttpMessage message = read_response(text.substr(0, size));
      INFO(text.substr(0, size));
      CHECK_FALSE(message.complete);
      CHECK_FALSE(message.fault);
      CHECK(message.size > size);
      CHECK(message.size <= text.size());
    }
    CHECK(read_response(text).complete);
  }
}

TEST_CASE("what has no length ends with the connection, and the answer to HEAD with its header",
          "[http]") {
  const std::string text = "HTTP/1.0 200 OK\r\nServer: x\r\n\r\nhel";
  CHECK(read_response(text).to_end);
  CHECK_FALSE(read_response(text).complete);
  CHECK(as_text(read_response(text).body) == "hel");
  const HttpMessage head = read_response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP", true);
  CHECK(head.complete);
  CHECK(head.body.empty());
}

TEST_CASE("the first byte that cannot be in a message is named at once", "[http]") {
  CHECK(http_fault(read_response("HTTQ")) == "3 version: HTTP/1.");
  CHECK(http_fault(read_response("hello")) == "0 version: HTTP/1.");
  CHECK(http_fault(read_response("HTTP/2 200\r\n")) == "5 version: HTTP/1.");
  CHECK(http_fault(read_response("HTTP/1.1 200 OK\nServer: x")) ==
        "15 header: a line that ends with \"\\r\\n\" (RFC 9112 §2.2)");
  CHECK(http_fault(read_response("HTTP/1.1 20 OK\r\n\r\n"))
            .starts_with("0 start-line: a start line ("));
  CHECK(http_fault(read_response("HTTP/1.1 200 OK\r\nA: b\r\nno field\r\nC: d\r\n\r\n"))
            .starts_with("23 header: a field line ("));
  CHECK(http_fault(read_request("GET /\r\n\r\n")).starts_with("0 start-line: "));
  // RFC 9112 §6.3: a message with both is how requests are smuggled.
  CHECK(http_fault(
            read_request("POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"))
            .starts_with("36 header: "));
  const std::string endless = "HTTP/1.1 200 OK\r\nA: " + std::string(kMaxHttpHeader, 'x');
  CHECK(http_fault(read_response(endless)) ==
        "65536 header: a header section of at most 65536 bytes");
}

TEST_CASE("a message is written as it stands", "[http]") {
  const auto written = write_http({"GET / HTTP/1.1", {{"Host", "x"}}, "ab"});
  REQUIRE(written);
  CHECK(as_text(written->bytes) == "GET / HTTP/1.1\r\nHost: x\r\n\r\nab");
  REQUIRE(written->fields.size() == 4);
  CHECK(written->fields[1].field == "Host");
  CHECK(written->fields[1].begin == 16);
  CHECK(written->fields[3].end == 29);
  const auto chunked =
      write_http({"HTTP/1.1 200 ", {{"transfer-encoding", "Chunked"}}, std::string(17, 'a')});
  REQUIRE(chunked);
  CHECK(std::string(as_text(chunked->bytes))
            .ends_with("\r\n\r\n11\r\naaaaaaaaaaaaaaaaa\r\n0\r\n\r\n"));
  CHECK(write_http({"GET / HTTP/1.1", {{"a", "b\r\nc: d"}}, ""}).error() ==
        "the value of `a` has a line break");
}

TEST_CASE("folded lines are one value, and trailers are no fields", "[http]") {
  const HttpMessage folded = read_response("HTTP/1.1 204 No\r\nX-A: one\r\n  two\r\nB: 1\r\n\r\n");
  REQUIRE(folded.fields.size() == 2);
  CHECK(folded.fields[0].value == "one two");
  CHECK(folded.fields[0].value_place.begin == 17);
  CHECK(folded.fields[0].value_place.end == 17);
  const HttpMessage trailed =
      read_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 7\r\n\r\n");
  CHECK(trailed.complete);
  CHECK(trailed.fields.size() == 1);
}

TEST_CASE("a message says how many bytes it lacks as far as that is known", "[http]") {
  const HttpMessage sized = read_response("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nab");
  CHECK(sized.size == 41 + 1000);
  CHECK_FALSE(sized.is_searching);
  const HttpMessage chunked =
      read_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nab");
  CHECK(chunked.is_searching);
  CHECK(chunked.size == 53 + 98 + 7);
  CHECK(http_fault(read_response("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")) ==
        "45 body: a body of at most 67108864 bytes");
}

TEST_CASE("the case of a field's name means nothing", "[http]") {
  CHECK(is_same_field("Content-Type", "content-TYPE"));
  CHECK_FALSE(is_same_field("Content-Type", "Content-Typ"));
}

}  // namespace
}  // namespace wireproof
