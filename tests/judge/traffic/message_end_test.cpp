#include "judge/traffic/message_end.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("a terminated message ends behind its first terminator", "[judge]") {
  const Bytes end{'\r', '\n'};
  CHECK_FALSE(terminated_size(as_bytes("ab\r"), end));
  CHECK(terminated_size(as_bytes("ab\r\ncd\r\n"), end) == 4);
  CHECK(terminated_size(as_bytes("\r\n"), end) == 2);
  CHECK_FALSE(terminated_size({}, end));
  CHECK(terminated_size(as_bytes("ab"), {}) == 0);
  // What was searched already is not searched again, but for a terminator that begins there.
  CHECK(terminated_size(as_bytes("ab\r\ncd"), end, 3) == 4);
  CHECK(terminated_size(as_bytes("\r\nab\r\n"), end, 4) == 6);
}

TEST_CASE("a pattern's message ends behind the first match", "[judge]") {
  MessagePattern pattern("[0-9]+\\n");
  CHECK_FALSE(pattern.matched_size(as_bytes("x12")));
  CHECK(pattern.matched_size(as_bytes("x12\n34\n")) == 4);
  CHECK(pattern.error().empty());
  MessagePattern broken("(");
  CHECK_FALSE(broken.matched_size(as_bytes("x")));
  CHECK_FALSE(broken.error().empty());
}

TEST_CASE("a pattern is not searched in more bytes than its limit", "[judge]") {
  const std::string most(kMaxPatternBytes, 'x');
  MessagePattern pattern("y");
  CHECK_FALSE(pattern.matched_size(as_bytes(most)));
  CHECK(pattern.error().empty());
  CHECK_FALSE(pattern.matched_size(as_bytes(most + "y")));
  CHECK(pattern.error() == "no match in the first 16384 bytes");
  CHECK_FALSE(pattern.matched_size(as_bytes("y")));
}

TEST_CASE("a datagram is a whole message, neither more nor less", "[judge]") {
  Message message;
  message.parts.emplace_back(TextPart{"pong"});
  Variables variables;
  const auto compare = [&](const char* text) {
    return compare_datagram(message, {}, variables, as_bytes(text));
  };
  CHECK_FALSE(compare("pong"));
  CHECK(compare("pxng"));
  const auto longer = compare("pongs");
  REQUIRE(longer);
  CHECK(longer->offset == 4);
  CHECK(longer->expected == "the end");
  CHECK(longer->captured == "\"s\"");
  CHECK(compare("pon"));
}

TEST_CASE("of several messages the first that fits is taken, and none as soon as that is certain",
          "[judge]") {
  const auto message = [](const std::string& text) { return Message{{TextPart{text}}, {}}; };
  const std::vector<Message> messages{message("okay"), message("no!")};
  const auto choose = [&](const char* text, MessageRest rest = MessageRest::may_come) {
    return choose_message(messages, {{}, {}, as_bytes(text), rest});
  };
  CHECK(choose("okay, more").size == 4);
  CHECK(choose("no!").size == 3);
  for (const char* const open : {"", "o", "n", "no"}) {
    CHECK_FALSE(choose(open).size);
    CHECK_FALSE(choose(open).differs);
    CHECK(choose(open, MessageRest::ended).differs);
  }
  CHECK(choose("no").next_look == 3);
  CHECK(choose("okay", MessageRest::is_datagram).size == 4);
  CHECK(choose("okay, more", MessageRest::is_datagram).differs);
  const MessageChoice wrong = choose("nO");
  CHECK_FALSE(wrong.size);
  REQUIRE(wrong.differs);
  CHECK(wrong.differs->offset == 1);
}

TEST_CASE("of several messages one without a length is there when the stream has ended",
          "[judge]") {
  const auto http = [](const std::string& status) {
    HttpPart part;
    part.role = HttpRole::response;
    part.status = status;
    FieldArgument body;
    body.field = "body";
    body.kind = FieldArgument::Kind::pattern;
    body.values = {"abc$"};
    part.arguments = {body};
    return Message{{part}, {}};
  };
  const std::vector<Message> messages{http("404"), http("200")};
  const std::string begin = "HTTP/1.0 200 OK\r\n\r\nhello";
  const auto choose = [&](const std::string& text, MessageRest rest) {
    return choose_message(messages, {{}, {}, as_bytes(text), rest});
  };
  CHECK_FALSE(choose(begin, MessageRest::may_come).differs);
  CHECK_FALSE(choose(begin + " abc", MessageRest::may_come).size);
  CHECK(choose(begin + " abc", MessageRest::ended).size == begin.size() + 4);
  CHECK(choose(begin, MessageRest::ended).differs);
}

}  // namespace wireproof
