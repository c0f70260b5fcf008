#include "expect/payload/payload.h"

#include "catch.h"

namespace wireproof {
namespace {

using Kind = FieldArgument::Kind;

FieldArgument http_field(const std::string& field, const std::string& value) {
  FieldArgument argument;
  argument.field = field;
  argument.values = {value};
  return argument;
}

FieldArgument http_open(const std::string& field, Kind kind, const std::string& text) {
  FieldArgument argument = http_field(field, text);
  argument.kind = kind;
  argument.variable = text;
  return argument;
}

HttpPart http_answer(const std::string& status, std::vector<FieldArgument> arguments = {}) {
  HttpPart part;
  part.role = HttpRole::response;
  part.status = status;
  part.arguments = std::move(arguments);
  return part;
}

HttpPart http_question(const std::string& method, std::vector<FieldArgument> arguments = {}) {
  HttpPart part;
  part.method = method;
  part.target = "/{n}";
  part.arguments = std::move(arguments);
  return part;
}

HttpPart http_sent(HttpPart part) {
  part.is_sent = true;
  return part;
}

const Variables kHttpKnown{{"n", "7"}, {"host", "127.0.0.1"}, {"port", "80"}, {"token", "abc"}};

std::string http_written(const HttpPart& part, const Variables& known = kHttpKnown) {
  const auto bytes = encode_message({{part}, {}}, {}, known);
  return bytes ? std::string(as_text(bytes->bytes)) : "error: " + bytes.error();
}

std::string http_compared(const HttpPart& part, const std::string& received) {
  Variables variables = kHttpKnown;
  const auto found = compare_message({{part}, {}}, {}, variables, as_bytes(received));
  if (!found) return "";
  return std::to_string(found->offset) + " " + found->field + ": " + found->expected + " / " +
         found->captured;
}

const std::string kHttpPage =
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
    "Content-Length: 6\r\n\r\nhello\n";

TEST_CASE("what is sent has what RFC 9112 asks for besides", "[http]") {
  CHECK(http_written(http_sent(http_question("GET"))) ==
        "GET /7 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n");
  CHECK(http_written(http_sent(http_question("GET")),
                     {{"n", "7"}, {"host", "::1"}, {"port", "80"}}) ==
        "GET /7 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");  // RFC 3986 §3.2.2
  CHECK(http_written(http_sent(http_question("GET", {http_field("version", "HTTP/1.0")}))) ==
        "GET /7 HTTP/1.0\r\n\r\n");
  CHECK(http_written(http_sent(
            http_question("POST", {http_field("host", "h"), http_field("body", "{n}\n")}))) ==
        "POST /7 HTTP/1.1\r\nhost: h\r\nContent-Length: 2\r\n\r\n7\n");
  CHECK(http_written(http_sent(http_answer("200", {http_field("reason", "OK")}))) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  CHECK(http_written(http_sent(http_answer("304"))) == "HTTP/1.1 304 \r\n\r\n");
  CHECK(http_written(http_sent(http_answer(
            "200", {http_field("transfer-encoding", "chunked"), http_field("body", "hi")}))) ==
        "HTTP/1.1 200 \r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
  FieldArgument file = http_field("body", "{n}");
  file.is_literal = true;
  CHECK(http_written(http_sent(http_question("PUT", {http_field("host", "h"), file})))
            .ends_with("\r\n\r\n{n}"));
  CHECK(http_written(http_answer("200")) == "error: a received HTTP message has other bytes too");
}

TEST_CASE("what is received may have more, and differs at its first wrong byte", "[http]") {
  CHECK(http_compared(http_answer("200"), kHttpPage).empty());
  CHECK(http_compared(http_answer("2xx"), kHttpPage).empty());
  CHECK(http_compared(http_answer("?"), kHttpPage).empty());
  CHECK(http_compared(http_answer("404"), kHttpPage) == "9 status: 404 / 200");
  CHECK(http_compared(http_answer("201"), kHttpPage) == "11 status: 201 / 200");
  CHECK(http_compared(http_answer("200", {http_field("version", "HTTP/1.0")}), kHttpPage) ==
        "7 version: \"HTTP/1.0\" / \"HTTP/1.1\"");
  CHECK(http_compared(http_answer("200", {http_field("reason", "Fine")}), kHttpPage) ==
        "13 reason: \"Fine\" / \"OK\"");
  CHECK(http_compared(http_answer("200", {http_field("CONTENT-type", "text/html")}), kHttpPage)
            .empty());
  CHECK(http_compared(http_answer("200", {http_field("content-type", "text/plain")}), kHttpPage) ==
        "36 content-type: \"text/plain\" / \"text/html\"");
  CHECK(http_compared(http_answer("200", {http_open("content-type", Kind::pattern, "^text/")}),
                      kHttpPage)
            .empty());
  CHECK(http_compared(http_answer("200", {http_open("content-type", Kind::pattern, "^image/")}),
                      kHttpPage) == "31 content-type: /^image// / \"text/html\"");
  CHECK(http_compared(http_answer("200", {http_field("set-cookie", "b=2")}), kHttpPage).empty());
  CHECK(http_compared(http_answer("200", {http_field("set-cookie", "c=3")}), kHttpPage)
            .starts_with("71 set-cookie"));
  CHECK(http_compared(http_answer("200", {http_field("location", "/")}), kHttpPage) ==
        "95 location: a field `location` / no such field");
  CHECK(http_compared(http_answer("200", {http_open("location", Kind::anything, "")}), kHttpPage)
            .starts_with("95 location: "));
  CHECK(http_compared(http_answer("200", {http_field("body", "hello\n")}), kHttpPage).empty());
  CHECK(http_compared(http_answer("200", {http_field("body", "hellO\n")}), kHttpPage)
            .starts_with("101 body: "));
  CHECK(http_compared(http_answer("200", {http_field("body", "hello")}), kHttpPage)
            .starts_with("102 body: the end of the body / "));
  CHECK(http_compared(http_answer("200", {http_field("body", "hello\n!")}), kHttpPage)
            .starts_with("103 body: "));
  // Of two differences the first byte counts, in whatever order they are written.
  CHECK(
      http_compared(http_answer("200", {http_field("body", "x"), http_field("content-type", "x")}),
                    kHttpPage)
          .starts_with("31 content-type"));
  CHECK(http_compared(http_answer("200"), kHttpPage.substr(0, kHttpPage.size() - 1)) ==
        "102 body: 1 more bytes / the end");
  CHECK(http_compared(http_answer("200"), kHttpPage + "x") == "103 : the end / \"x\"");
  // What ends with the connection may go on until then.
  const std::string open_end = "HTTP/1.0 200 OK\r\n\r\nhel";
  CHECK(http_compared(http_answer("200"), open_end).empty());
  CHECK(http_compared(http_answer("200", {http_field("body", "hello")}), open_end)
            .starts_with("22 body: "));
  CHECK(http_compared(http_answer("200"), "hello").starts_with("0 version: HTTP/1. / "));

  CHECK(http_compared(http_question("GET"), "GET /7 HTTP/1.1\r\nHost: x\r\n\r\n").empty());
  CHECK(http_compared(http_question("GET"), "PUT /7 HTTP/1.1\r\nHost: x\r\n\r\n") ==
        "0 method: \"GET\" / \"PUT\"");
  CHECK(http_compared(http_question("GET"), "GET /8 HTTP/1.1\r\nHost: x\r\n\r\n") ==
        "5 target: \"/7\" / \"/8\"");
}

TEST_CASE("values of a message of HTTP are remembered and asked for again", "[http]") {
  Variables variables = kHttpKnown;
  const HttpPart first = http_answer("200", {http_open("content-length", Kind::remember, "size"),
                                             http_open("body", Kind::remember, "text")});
  CHECK_FALSE(compare_message({{first}, {}}, {}, variables, as_bytes(kHttpPage)));
  CHECK(variables["size"] == "6");
  CHECK(variables["text"] == "hello\n");
  const HttpPart second = http_answer("200", {http_open("body", Kind::recall, "text")});
  CHECK_FALSE(compare_message({{second}, {}}, {}, variables, as_bytes(kHttpPage)));
  const HttpPart third = http_answer("200", {http_open("body", Kind::recall, "token")});
  CHECK(compare_message({{third}, {}}, {}, variables, as_bytes(kHttpPage)));
}

TEST_CASE("how much of a stream a message of HTTP takes", "[http]") {
  const Message page{{http_answer("200"), TextPart{"!"}}, {}};
  const auto need = [&](const std::string& received) {
    const MessageNeed found = message_need(page, {}, {}, as_bytes(received));
    return std::to_string(found.size) + (found.complete ? " complete" : "") +
           (found.to_end ? " to end" : "") + (found.is_searching ? " searching" : "");
  };
  CHECK(need("HTTP") == "5 searching");
  CHECK(need(kHttpPage.substr(0, kHttpPage.size() - 4)) == "103");
  CHECK(need(kHttpPage) == "104");
  CHECK(need(kHttpPage + "!") == "104 complete");
  CHECK(need("HTTP/1.0 200 OK\r\n\r\nabc") == "22 to end");
  CHECK(need("hello") == "5 complete");  // comparing tells why
}

TEST_CASE("interim responses go before the answer, and a folded value is compared", "[http]") {
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n";
  CHECK(http_compared(http_answer("200", {http_field("body", "hello\n")}), interim + kHttpPage)
            .empty());
  CHECK(http_compared(http_answer("404"), interim + kHttpPage) == "65 status: 404 / 200");
  CHECK(http_compared(http_answer("100"), "HTTP/1.1 100 Continue\r\n\r\n").empty());
  const std::string folded = "HTTP/1.1 204 No\r\nX-A: one\r\n  two\r\n\r\n";
  CHECK(http_compared(http_answer("204", {http_field("x-a", "one two")}), folded).empty());
  CHECK(http_compared(http_answer("204", {http_field("x-a", "one 2")}), folded) ==
        "17 x-a: \"one 2\" / \"one two\"");
}

}  // namespace
}  // namespace wireproof
