#include "sheet/session/session_parser.h"

#include "catch.h"
#include "expect/payload/payload.h"

namespace wireproof {
namespace {

LayoutSet layouts() {
  Field id;
  id.name = "id";
  id.type = FieldType::unsigned_integer;
  id.size = 4;
  Field list = id;
  list.name = "list";
  list.is_array = true;
  list.count = CountFixed{2};
  LayoutSet set;
  set["request"] = Layout{"request", {id, list}};
  set["request of length"] = Layout{"request of length", {id}};
  return set;
}

struct Parsed {
  std::string message;  // as written again, or the first complaint
  std::string rest;
};

Parsed parse_text(const std::string& text, MessageUse use = MessageUse::recv) {
  Problems problems;
  Cursor cursor(make_fragment(text, 100));
  const auto message = parse_message(cursor, layouts(), use, problems);
  const std::string rest(cursor.rest());
  if (!message || problems.has_errors()) return {problems.take().front().message, rest};
  return {render_message_script(*message), rest};
}

TEST_CASE("each form of a message is read back as it was written", "[scenario]") {
  const std::vector<std::string> cases{
      "\"abc\"",
      "\"a\\n\\\"b\\\\\"",
      "hex 00 ff",
      "3 * \"ab\"",
      "$token",
      "request",
      "request id=1 list=[1, 2]",
      "request id=? list=[1]",
      "request id=?token",
      "request id=$token",
      "http 200",
      "http 4xx content-type=? body=\"a\"",
      "http ? content-type=/^text\\/html/ content-length=5",
      "http 200 head etag=?tag",
      "http GET \"/a b\" host=\"{host}\" cookie=$token",
      "request of length id=5",
      "\"a\" hex 0a 2 * \"b\" request id=1 $x \"c\"",
  };
  for (const std::string& text : cases) {
    CAPTURE(text);
    CHECK(parse_text(text).message == text);
  }
}

TEST_CASE("texts in other encodings and random bytes are bytes", "[scenario]") {
  CHECK(parse_text("latin1 \"Grüße\" \"!\"").message == "hex 47 72 fc df 65 \"!\"");
  CHECK(parse_text("utf-16le \"a€\"").message == "hex 61 00 ac 20");
  CHECK(parse_text("latin1 \"a€\"").message == "ISO-8859-1 has no \"€\"");
  CHECK(parse_text("latin1 \"a\\xff\"").message == "byte 1 of the text is no UTF-8");
  // What the C++ standard says of std::mt19937_64: its 10,000th number.
  Problems problems;
  Cursor cursor(make_fragment("random 10000 bytes seed 5489", 0));
  const auto many = parse_message(cursor, layouts(), MessageUse::send, problems);
  CHECK(std::get<Bytes>(many.value().parts.at(0)).size() == 10000);
  CHECK(std::get<Bytes>(many->parts.at(0)).back() == 0x8a);
  CHECK(render_message_script(*many).ends_with(" … (10000 bytes)"));
  CHECK(parse_text("random 100000000 bytes seed 1").message ==
        "random bytes have a size and a seed");
  CHECK(parse_text("random 10").message == "random bytes have a size and a seed");
}

TEST_CASE("a file is its bytes, and one that cannot be read an error at its place", "[scenario]") {
  const LayoutSet none;
  const FileReader reader = [](const std::string& path) -> Expected<Bytes, std::string> {
    if (path != "a.bin") return Unexpected<std::string>("read " + path + ": no such file");
    return Bytes{1, 2};
  };
  Problems problems;
  Cursor cursor(make_fragment("\"x\" file \"a.bin\" hex 03", 0));
  const auto message = parse_message(cursor, {none, reader}, MessageUse::recv, problems);
  CHECK(render_message_script(message.value()) == "\"x\" hex 01 02 hex 03");
  Cursor other(make_fragment("file \"b.bin\"", 10));
  CHECK_FALSE(parse_message(other, {none, reader}, MessageUse::send, problems));
  const Diagnostic error = problems.take().front();
  CHECK(error.message == "read b.bin: no such file");
  CHECK(error.span.value().begin == 10);
  CHECK(parse_text("file \"a.bin\"").message == "no files can be named here");
  CHECK(parse_text("file a").message == "the file's name is missing");
}

TEST_CASE("the longest layout name that fits wins", "[scenario]") {
  CHECK(parse_text("request of length").message == "request of length");
  CHECK(parse_text("requests").message == "`requests` is no part of a message");
}

TEST_CASE("a message ends where an option of its step begins", "[scenario]") {
  CHECK(parse_text("\"a\" within 5s").rest == "within 5s");
  CHECK(parse_text("request id=1 split after id").rest == "split after id");
  CHECK(parse_text("hex 0a in pieces of 1").rest == "in pieces of 1");
}

TEST_CASE("escapes are decoded, unknown ones refused", "[scenario]") {
  Problems problems;
  Cursor cursor(make_fragment("\"\\n\\r\\t\\0\\\\\\\"\\x41ä\"", 0));
  CHECK(cursor.take_quoted(problems) == std::string("\n\r\t\0\\\"Aä", 9));
  CHECK(parse_text("\"\\q\"").message == "unknown escape `\\q`");
  CHECK(parse_text("\"\\x4\"").message == "unknown escape `\\x`");
  CHECK(parse_text("\"abc").message == "the quote is not closed");
}

TEST_CASE("what is sent must be known", "[scenario]") {
  CHECK(parse_text("request id=?", MessageUse::send).message == "what is sent must be known");
}

TEST_CASE("spans point into the sheet, behind replaced parameters too", "[scenario]") {
  Problems problems;
  const Fragment line =
      substitute(make_fragment("send \"{word}\" oops", 10), {{"word", "a \"b\""}}, problems);
  CHECK(line.text == "send \"a \\\"b\\\"\" oops");
  Cursor cursor(line);
  cursor.take_word("send");
  CHECK(cursor.take_quoted(problems) == "a \"b\"");
  CHECK(cursor.next_span() == Span{24, 28});
  CHECK_FALSE(problems.has_errors());
}

TEST_CASE("what is no message of HTTP is refused at its place", "[scenario][http]") {
  const std::string start = "`http` needs a method and a target, or a status";
  CHECK(parse_text("http").message == start);
  CHECK(parse_text("http 20").message == start);
  CHECK(parse_text("http GET /").message == start);
  CHECK(parse_text("http get \"/\"").message == start);
  CHECK(parse_text("http 4xx", MessageUse::send).message == start);
  CHECK(parse_text("http 200 a.b=1").message == "`a.b` is no name of a field of HTTP");
  CHECK(parse_text("http 200 head body=\"x\"").message ==
        "the answer to a HEAD has no body (RFC 9110 §9.3.2)");
  CHECK(parse_text("http 200 Body=\"x\"").message == "http 200 body=\"x\"");
  CHECK(parse_text("http 200 age=[1]").message == "a field of HTTP has one value, no list");
  CHECK(parse_text("http 200 server=/(/").message.starts_with("this is no regular expression"));
  CHECK(parse_text("http 200 body=file \"x\"").message == "no files can be named here");
  CHECK(parse_text("http 200 server=?", MessageUse::send).message == "what is sent must be known");
  CHECK(parse_text("http 200 age=1 within 2s").rest == "within 2s");
}

}  // namespace
}  // namespace wireproof
