// Fields of a reply, and lengths in a request: what tells one explanation from the next.
#include "catch.h"
#include "support/talks.h"

namespace wireproof {
namespace {

Field field(const std::string& name, FieldType type, std::size_t size) {
  Field made;
  made.name = name;
  made.type = type;
  made.size = size;
  return made;
}

Field number(const std::string& name, std::size_t size) {
  return field(name, FieldType::unsigned_integer, size);
}

// A reply of one layout: its fields and the bytes that each of them should have.
struct Reply {
  explicit Reply(const std::vector<std::pair<Field, Bytes>>& parts) {
    EncodedMessage expected;
    Layout& layout = layouts["reply"];
    layout.name = "reply";
    for (const auto& [part, bytes] : parts) {
      const std::size_t begin = expected.bytes.size();
      layout.fields.push_back(part);
      expected.bytes.insert(expected.bytes.end(), bytes.begin(), bytes.end());
      expected.fields.push_back({part.name, begin, expected.bytes.size()});
    }
    evidence.expected = expected;
    evidence.layout = &layout;
    evidence.layouts = &layouts;
  }

  std::string came(Bytes bytes) {
    evidence.came = std::move(bytes);
    return explain(evidence);
  }

  LayoutSet layouts;
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
};

// Why a client waits for an end that does not come, after a request of this layout.
std::string why_no_end(const std::vector<Field>& fields, const Bytes& request) {
  Layout layout;
  layout.name = "request";
  layout.fields = fields;
  const LayoutSet layouts{{"request", layout}};
  Talks talks;
  talks.open(kAlice).handshake();
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.layouts = &layouts;
  evidence.requests = {{request, {}}};
  return explain(evidence);
}

Field rest_of(FieldType type) {
  Field rest = field("rest", type, 1);
  rest.count = CountRest{};
  return rest;
}

}  // namespace

TEST_CASE("a number in the wrong order of bytes names the order that it was read in", "[expect]") {
  Reply reply({{number("value", 4), {0, 0, 0, 1}}, {number("other", 4), {0, 0, 2, 3}}});
  CHECK(reply.came({1, 0, 0, 0, 3, 2, 0, 0}) == "byte-order");
  CHECK(says(reply.evidence, "read as little-endian it is the expected 1"));
  CHECK(says(reply.evidence, "`htonl`"));
  CHECK(reply.came({1, 0, 0, 0, 3, 2}).empty());
  Field little = number("value", 4);
  little.order = ByteOrder::little;
  Reply other({{little, {1, 0, 0, 0}}, {number("other", 4), {0, 0, 2, 3}}});
  CHECK(other.came({0, 0, 0, 1, 0, 0, 2, 3}) == "byte-order");
  CHECK(says(other.evidence, "read as big-endian it is the expected 1"));
  CHECK_FALSE(says(other.evidence, "`htonl`"));
}

TEST_CASE("each number of an array may be in the wrong order of bytes", "[expect]") {
  Field numbers = number("numbers", 2);
  numbers.is_array = true;
  numbers.count = CountFixed{3};
  Reply reply({{numbers, {0, 1, 0, 2, 0, 3}}});
  CHECK(reply.came({1, 0, 2, 0, 3, 0}) == "byte-order");
  CHECK(reply.came({1, 0, 0, 2, 0, 3}).empty());
  CHECK(reply.came({1, 0, 2, 0, 3}).empty());  // not all of it came
}

TEST_CASE("only integers are in the wrong order of bytes", "[expect]") {
  Reply reply({{field("value", FieldType::floating, 4), {0x3f, 0x80, 0, 0}}});
  CHECK(reply.came({0, 0, 0x80, 0x3f}).empty());
}

TEST_CASE("a field that holds a layout is seen by the fields in it", "[expect]") {
  Field head = field("head", FieldType::layout, 1);
  head.layout = "head";
  Reply reply({{head, {0, 0, 0, 1}}});
  Layout inner;
  inner.name = "head";
  inner.fields = {number("value", 4)};
  reply.layouts["head"] = inner;
  reply.evidence.expected->fields.push_back({"head.value", 0, 4});
  reply.evidence.expected->fields.push_back({"unknown", 0, 4});
  CHECK(reply.came({1, 0, 0, 0}) == "byte-order");
  CHECK(says(reply.evidence, "`head.value` is 16777216"));
}

TEST_CASE("a search that begins with 0 is told from other results of 0", "[expect]") {
  Field numbers = field("numbers", FieldType::signed_integer, 4);
  numbers.is_array = true;
  const auto why_zero = [&](const Bytes& operands, const Bytes& result) {
    Reply reply({{field("result", FieldType::signed_integer, 4), result}});
    reply.layouts["request"].name = "request";
    reply.layouts["request"].fields = {numbers};
    reply.evidence.requests = {{operands, {{"numbers", 0, operands.size()}}}};
    return reply.came({0, 0, 0, 0});
  };
  const Bytes negative{255, 255, 255, 249, 255, 255, 255, 253};  // -7, -3
  const Bytes positive{0, 0, 0, 7, 0, 0, 0, 3};
  CHECK(why_zero(negative, {255, 255, 255, 253}) == "begins-at-zero");
  CHECK(why_zero(positive, {0, 0, 0, 3}) == "begins-at-zero");
  CHECK(why_zero(negative, {255, 255, 255, 249}) !=
        "begins-at-zero");                                       // the smallest of negative ones
  CHECK(why_zero(positive, {0, 0, 0, 21}) == "begins-at-zero");  // their product
  CHECK(why_zero(positive, {0, 0, 0, 10}) != "begins-at-zero");  // their sum
  CHECK(why_zero({0, 0, 0, 3}, {0, 0, 0, 3}) !=
        "begins-at-zero");  // of one number every result is the same
}

TEST_CASE("the native layout of signed and unsigned numbers fills them differently", "[expect]") {
  const Field flag = number("flag", 1);
  Reply negative(
      {{flag, {1}}, {field("value", FieldType::signed_integer, 4), {255, 255, 255, 254}}});
  CHECK(negative.came({1, 0, 0, 0, 0, 0, 0, 0, 254, 255, 255, 255, 255, 255, 255, 255}) ==
        "native-layout");
  CHECK(says(negative.evidence, "an `L` has 8 bytes, and all is in the machine's byte order"));
  Reply positive({{flag, {1}}, {field("value", FieldType::signed_integer, 4), {0, 0, 0, 2}}});
  CHECK(positive.came({1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}) == "native-layout");
  Reply unsigned_one({{flag, {1}}, {number("value", 4), {128, 0, 0, 2}}});
  CHECK(unsigned_one.came({1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 128, 0, 0, 0, 0}) == "native-layout");
  CHECK(unsigned_one.came({1, 0, 0, 0, 2, 0, 0, 128}) == "native-layout");
  CHECK(says(unsigned_one.evidence, "with padding before them, in the machine's byte order"));
  // As many bytes as were due: the rest may not have been read.
  CHECK(unsigned_one.came({1, 0, 0, 0, 2}) == "native-layout");
  CHECK(unsigned_one.came({1, 0, 0, 0}) != "native-layout");
}

TEST_CASE("numbers that changed places with a text are no swapped fields", "[expect]") {
  Field name = field("name", FieldType::text, 1);
  name.count = CountFixed{4};
  Reply texts({{number("value", 4), {0, 0, 0, 1}}, {name, {'a', 'b', 'c', 'd'}}});
  CHECK(texts.came({'a', 'b', 'c', 'd', 0, 0, 0, 1}).empty());
  Reply numbers({{number("a", 4), {0, 0, 0, 9}}, {number("b", 4), {0, 0, 0, 7}}});
  CHECK(numbers.came({0, 0, 0, 7, 0, 0, 0, 9}) == "swapped-fields");
  CHECK(numbers.came({0, 0, 0, 7, 0, 0, 0, 8}).empty());
}

TEST_CASE("the number that counts the characters is the one that should count the bytes",
          "[expect]") {
  Field name = field("name", FieldType::bytes, 1);
  name.count = CountField{"size"};
  const Bytes text_bytes{0xc3, 0xa4, 'b'};  // two characters
  Reply reply({{number("version", 1), {9}}, {number("size", 1), {3}}, {name, text_bytes}});
  CHECK(reply.came({9, 2, 0xc3, 0xa4, 'b'}) == "counted-characters");
  CHECK(reply.came({2, 3, 0xc3, 0xa4, 'b'}).empty());
  CHECK(reply.came({9, 1, 0xc3, 0xa4, 'b'}).empty());
  // Behind the wrong number nothing came at all.
  CHECK(reply.came({9, 2}) == "counted-characters");
}

TEST_CASE("another id is one where another reply came before as well", "[expect]") {
  Reply reply({{number("id", 1), {2}}, {number("value", 1), {7}}});
  reply.evidence.replies = {text("xy")};
  CHECK(reply.came({1, 7}) == "wrong-id");
  reply.evidence.replies = {{{1, 7}, {}}};
  CHECK(reply.came({1, 7}) == "stale-reply");
  reply.evidence.replies = {text("")};
  CHECK(reply.came({1, 7}) == "wrong-id");
}

TEST_CASE("a length is what a layout counts its other fields by", "[expect]") {
  const Bytes many{0, 0, 1, 0, 'x'};
  const Field rest = rest_of(FieldType::bytes);
  Field size = number("size", 4);
  CHECK(why_no_end({size, rest}, many) == "never-closed");
  size.rule = ValueSizeOf{"rest"};
  CHECK(why_no_end({size, rest}, many) == "trusted-length");
  size.rule = ValueCountOf{"rest"};
  CHECK(why_no_end({size, rest}, many) == "trusted-length");
  size.rule = {};
  Field counted = field("counted", FieldType::bytes, 1);
  counted.count = CountField{"size"};
  CHECK(why_no_end({size, counted}, many) == "trusted-length");
  counted.count = CountField{"other"};
  CHECK(why_no_end({size, counted}, many) == "never-closed");
}

TEST_CASE("a length of another size or type is none that servers wait by", "[expect]") {
  const Field rest = rest_of(FieldType::bytes);
  Field size = number("size", 2);
  size.rule = ValueSizeOf{"rest"};
  CHECK(why_no_end({size, rest}, {1, 0, 'x', 'x', 'x'}) == "never-closed");
  size = field("size", FieldType::floating, 4);
  size.rule = ValueSizeOf{"rest"};
  CHECK(why_no_end({size, rest}, {1, 0, 0, 0, 'x'}) == "never-closed");
}

TEST_CASE("a length behind other fields counts what stands behind itself", "[expect]") {
  Field size = number("size", 4);
  size.rule = ValueSizeOf{"rest"};
  Layout layout;
  layout.name = "request";
  layout.fields = {number("version", 1), size, rest_of(FieldType::bytes)};
  const LayoutSet layouts{{"request", layout}};
  Talks talks;
  talks.open(kAlice).handshake();
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.layouts = &layouts;
  evidence.requests = {{{1, 0, 0, 1, 0, 'x', 'y', 'z'}, {}}};
  CHECK(explain(evidence) == "trusted-length");
  CHECK(says(evidence, "announces 256 bytes and 3 followed"));
  evidence.end = StepEnd::other;
  CHECK(explain(evidence).empty());
  evidence.end = StepEnd::timed_out;
  evidence.goal = StepGoal::message;
  CHECK(explain(evidence).empty());
}

namespace {

// A reply of an id and a result, to a request that lists numbers.
struct Calculation {
  Calculation(const std::vector<std::uint8_t>& last_bytes, Bytes result)
      : reply({{number("id", 4), {0, 0, 0, 1}}, {signed_result(), std::move(result)}}) {
    Field numbers = field("numbers", FieldType::signed_integer, 4);
    numbers.is_array = true;
    numbers.count = CountRest{};
    Layout& layout = reply.layouts["request"];
    layout.name = "request";
    layout.fields = {numbers};
    Bytes bytes;
    for (const std::uint8_t last : last_bytes) {
      const std::uint8_t fill = last < 0x80 ? 0 : 0xff;
      for (const std::uint8_t byte : {fill, fill, fill, last}) bytes.push_back(byte);
    }
    reply.evidence.requests = {{bytes, {{"numbers", 0, bytes.size()}}}};
  }
  static Field signed_result() { return field("result", FieldType::signed_integer, 4); }
  std::string came(const Bytes& result) {
    Bytes bytes{0, 0, 0, 1};
    bytes.insert(bytes.end(), result.begin(), result.end());
    return reply.came(bytes);
  }

  Reply reply;
};

}  // namespace

TEST_CASE("which side of a reply is turned round shows where a sum has a carry", "[expect]") {
  Calculation carry({100, 100, 100}, {0, 0, 1, 0x2c});
  CHECK(carry.came({0x2c, 1, 0, 0}) == "byte-order");
  CHECK(says(carry.reply.evidence, "so the result is written in it (`htonl`"));
  CHECK(carry.came({0x2c, 0, 0, 0}) == "byte-order");  // the carry is lost
  CHECK(says(carry.reply.evidence, "so they were read in the wrong order (`ntohl`"));
  CHECK(carry.came({0x2d, 0, 0, 0}).empty());
  Calculation least({7, 0xfb}, {0xff, 0xff, 0xff, 0xfb});
  CHECK(least.came({0xfb, 0xff, 0xff, 0xff}) == "byte-order");
  CHECK(says(least.reply.evidence, "are read, or the result is written, in the wrong order"));
}

TEST_CASE("a result that unsigned numbers give is one of the wrong sign", "[expect]") {
  Calculation least({7, 0xfb}, {0xff, 0xff, 0xff, 0xfb});
  CHECK(least.came({0, 0, 0, 7}) == "wrong-sign");
  // the same in two fields
  least.reply.layouts["request"].fields = {field("a", FieldType::signed_integer, 4),
                                           field("b", FieldType::signed_integer, 4)};
  least.reply.evidence.requests.back().fields = {{"a", 0, 4}, {"b", 4, 8}};
  CHECK(least.came({0, 0, 0, 7}) == "wrong-sign");
  CHECK(least.came({0, 0, 0, 6}).empty());
  Calculation greatest({7, 0xfb}, {0, 0, 0, 7});
  CHECK(greatest.came({0xff, 0xff, 0xff, 0xfb}) == "wrong-sign");
  Calculation positive({7, 5}, {0, 0, 0, 5});
  CHECK(positive.came({0, 0, 0, 7}).empty());
}

TEST_CASE("no answer to negative numbers, where positive ones are answered, is of the sign",
          "[expect]") {
  Talks talks;
  talks.open(kAlice).handshake();
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.client(std::string("\0\0\0\5", 4));
  bob.server("5");
  Calculation greatest({7, 0xfb}, {0, 0, 0, 7});
  FailureEvidence& evidence = greatest.reply.evidence;
  evidence.connection = talks.tcp(0);
  evidence.end = StepEnd::end_of_stream;
  CHECK(explain(evidence) == "closed-before-reply");
  evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
  CHECK(explain(evidence) == "wrong-sign");
  CHECK(says(evidence, "then `result` is 4294967291"));
  evidence.request_in_pieces = true;
  CHECK(explain(evidence) != "wrong-sign");
  // its sum is in range either way
  Calculation sum({7, 0xfb}, {0, 0, 0, 2});
  sum.reply.evidence.connection = talks.tcp(0);
  sum.reply.evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
  sum.reply.evidence.end = StepEnd::end_of_stream;
  CHECK(explain(sum.reply.evidence) == "wrong-sign");
  CHECK(says(sum.reply.evidence, "then `result` is 4294967298"));
  Calculation least({7, 0xfb}, {0xff, 0xff, 0xff, 0xfb});
  least.reply.evidence.connection = talks.tcp(0);
  least.reply.evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
  least.reply.evidence.end = StepEnd::end_of_stream;
  CHECK(explain(least.reply.evidence) == "closed-before-reply");
}

TEST_CASE("no answer tells nothing of the sign where only another operation is answered",
          "[expect]") {
  Talks talks;
  talks.open(kAlice).handshake();
  for (const std::string operation : {"SUM", "MIN"}) {
    TestConversation& other =
        talks.open(endpoint("127.0.0.3:" + std::to_string(40000 + operation.front())));
    other.handshake();
    other.client(std::string("\0\0\0\5", 4) + operation);
    other.server("5");
  }
  Calculation greatest({7, 0xfb}, {0, 0, 0, 7});
  FailureEvidence& evidence = greatest.reply.evidence;
  EncodedMessage& request = evidence.requests.back();
  for (const char letter : {'M', 'I', 'N'}) {
    request.bytes.push_back(static_cast<std::uint8_t>(letter));
  }
  request.fields.push_back({"op", 8, 11});
  evidence.connection = talks.tcp(0);
  evidence.end = StepEnd::end_of_stream;
  evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
  CHECK(explain(evidence) == "closed-before-reply");
  evidence.others.push_back({"carol", talks.tcp(2), nullptr, {}});
  CHECK(explain(evidence) == "wrong-sign");
}

TEST_CASE("a text as long as another number says was sized by the wrong field", "[expect]") {
  Field body = field("text", FieldType::text, 1);
  body.count = CountField{"size"};
  Reply reply({{number("version", 2), {0, 2}},
               {number("size", 1), {5}},
               {number("order", 1), {2}},
               {body, text("hello").bytes}});
  CHECK(reply.came({0, 2, 5, 2, 'h', 'e'}) == "swapped-fields");
  CHECK(says(reply.evidence, "2 bytes of `text` came: so many as `order` says"));
  CHECK(reply.came({0, 2, 5, 2, 'h', 'e', 'l'}) == "short-reply");
  CHECK(reply.came({0, 2, 5, 2, 'h', 'x'}).empty());
}

TEST_CASE("as many bytes as a C struct has tell that it was sent as it lies in memory",
          "[expect]") {
  Field body = field("text", FieldType::text, 1);
  body.count = CountFixed{3};
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("1234567812345678");
  alice.server("123456781234");  // 12 bytes for two times 8
  Reply reply({{number("version", 1), {'1'}},
               {number("order", 4), {'2', '3', '4', '5'}},
               {body, text("678").bytes}});
  reply.evidence.connection = talks.tcp(0);
  reply.evidence.end = StepEnd::timed_out;
  reply.evidence.reply_begin = 8;
  CHECK(reply.came({'1', '2', '3', '4'}) == "native-layout");
  CHECK(says(reply.evidence, "has 12 bytes, 4 of them padding, and 8 on the wire"));
  CHECK(reply.came({'1', '2', '3', '5'}) != "native-layout");
}

}  // namespace wireproof
