#include <algorithm>

#include "catch.h"
#include "judge/causes/failure_evidence.h"

namespace wireproof {
namespace {

Field number_field(const std::string& name, std::size_t size) {
  Field field;
  field.name = name;
  field.type = FieldType::unsigned_integer;
  field.size = size;
  return field;
}

// `!BLL` and a text that fills the rest: version, order, size, text.
LayoutSet record_layouts() {
  Layout layout;
  layout.name = "record";
  layout.fields = {number_field("version", 1), number_field("order", 4), number_field("size", 4)};
  layout.fields.back().rule = ValueSizeOf{"text"};
  Field text;
  text.name = "text";
  text.type = FieldType::text;
  text.count = CountField{"size"};
  layout.fields.push_back(text);
  return {{"record", layout}};
}

EncodedMessage record(const LayoutSet& layouts, const std::string& order, const std::string& text) {
  LayoutPart part;
  part.layout = "record";
  for (const auto& [name, value] :
       {std::pair<std::string, std::string>{"version", "1"}, {"order", order}, {"text", text}}) {
    FieldArgument argument;
    argument.field = name;
    argument.values = {value};
    part.arguments.push_back(argument);
  }
  const auto encoded = encode_message(Message{{part}, {}}, layouts, {});
  REQUIRE(encoded);
  return *encoded;
}

Bytes text_bytes(const std::string& text) {
  return Bytes(text.begin(), text.end());
}

EncodedMessage text_reply(const std::string& text) {
  return {text_bytes(text), {}};
}

FailureEvidence text_failure(const std::string& expected, const std::string& came) {
  FailureEvidence evidence;
  evidence.actor = "client";
  evidence.goal = StepGoal::message;
  evidence.end = StepEnd::bytes;
  evidence.expected = text_reply(expected);
  evidence.came = text_bytes(came);
  return evidence;
}

FailureEvidence record_failure(const LayoutSet& layouts, const EncodedMessage& expected,
                               Bytes came) {
  FailureEvidence evidence = text_failure("", "");
  evidence.expected = expected;
  evidence.layout = &layouts.at("record");
  evidence.layouts = &layouts;
  evidence.came = std::move(came);
  return evidence;
}

Explanation explained(const FailureEvidence& evidence) {
  return explain_failure(evidence).value_or(Explanation{});
}

bool mentions(const Explanation& explanation, const std::string& text) {
  UNSCOPED_INFO(explanation_name(explanation.id) << ": " << explanation.text);
  return explanation.text.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a message that is as expected has no explanation", "[expect]") {
  const LayoutSet layouts = record_layouts();
  const EncodedMessage wanted = record(layouts, "1", "hello");
  CHECK(explained(record_failure(layouts, wanted, wanted.bytes)).id == ExplanationId::none);
  CHECK(explained(text_failure("hello", "world")).id == ExplanationId::none);
}

TEST_CASE("numbers whose bytes are reversed are explained by the byte order", "[expect]") {
  const LayoutSet layouts = record_layouts();
  const EncodedMessage wanted = record(layouts, "1", "hello");
  Bytes came = wanted.bytes;
  std::reverse(came.begin() + 1, came.begin() + 5);
  std::reverse(came.begin() + 5, came.begin() + 9);
  const Explanation found = explained(record_failure(layouts, wanted, came));
  CHECK(found.id == ExplanationId::byte_order);
  CHECK(mentions(found, "16777216 (0x01000000 on the wire)"));
  came.back() = 'x';  // a difference that no order of bytes explains
  CHECK(explained(record_failure(layouts, wanted, came)).id != ExplanationId::byte_order);
}

TEST_CASE("padding and 8-byte numbers are explained by the native layout", "[expect]") {
  const LayoutSet layouts = record_layouts();
  const EncodedMessage wanted = record(layouts, "1", "hello");
  Bytes came(24, 0);  // `@BLL`
  came[0] = 1;
  came[8] = 1;
  came[16] = 5;
  const Bytes text = text_bytes("hello");
  came.insert(came.end(), text.begin(), text.end());
  const Explanation found = explained(record_failure(layouts, wanted, came));
  CHECK(found.id == ExplanationId::native_layout);
  CHECK(mentions(found, "29 bytes where `record` has 14"));
}

TEST_CASE("two numbers in each other's place are swapped fields", "[expect]") {
  const LayoutSet layouts = record_layouts();
  const EncodedMessage wanted = record(layouts, "9", "hello");
  Bytes came = wanted.bytes;
  std::swap_ranges(came.begin() + 1, came.begin() + 5, came.begin() + 5);
  const Explanation found = explained(record_failure(layouts, wanted, came));
  CHECK(found.id == ExplanationId::swapped_fields);
  CHECK(mentions(found, "`order` and `size`"));
}

TEST_CASE("a size that counts characters is told from one that is just wrong", "[expect]") {
  const LayoutSet layouts = record_layouts();
  const EncodedMessage wanted = record(layouts, "1", "größer");
  Bytes came = wanted.bytes;
  came[8] = 6;  // of 8 bytes
  CHECK(explained(record_failure(layouts, wanted, came)).id == ExplanationId::counted_characters);
  came[8] = 5;
  CHECK(explained(record_failure(layouts, wanted, came)).id == ExplanationId::none);
  const Explanation cut = explained(text_failure("GRÖSSÄR", "GRÖSSÄ"));
  CHECK(cut.id == ExplanationId::short_reply);  // one byte less would also be a byte forgotten
  CHECK(explained(text_failure("ÄÖÜ", std::string("ÄÖÜ").substr(0, 3))).id ==
        ExplanationId::counted_characters);
}

TEST_CASE("a size that counts its header, too, is told from one that is just wrong", "[expect]") {
  const LayoutSet layouts = record_layouts();
  const EncodedMessage wanted = record(layouts, "1", "hello");
  Bytes came = wanted.bytes;
  came[8] = static_cast<std::uint8_t>(wanted.bytes.size());
  const Explanation whole = explained(record_failure(layouts, wanted, came));
  CHECK(whole.id == ExplanationId::counted_header);
  CHECK(mentions(whole, "`size` is 14 and not 5: it counts the whole message"));
  came[8] = 5 + 4;
  CHECK(mentions(explained(record_failure(layouts, wanted, came)), "it counts its own bytes"));
  came[8] = 5 + 3;
  CHECK(explained(record_failure(layouts, wanted, came)).id == ExplanationId::none);
}

TEST_CASE("a whole earlier reply is no matter of its numbers", "[expect]") {
  const LayoutSet layouts = record_layouts();
  FailureEvidence evidence = record_failure(layouts, record(layouts, "1", "grö"), {});
  evidence.replies = {record(layouts, "1", "abc")};  // 3 as the characters of "grö"
  evidence.came = evidence.replies.front().bytes;
  CHECK(explained(evidence).id == ExplanationId::stale_reply);
}

TEST_CASE("another id alone is a wrong id, a whole earlier reply is a stale one", "[expect]") {
  const LayoutSet layouts = record_layouts();
  const EncodedMessage wanted = record(layouts, "2", "hello");
  const EncodedMessage earlier = record(layouts, "1", "hello");
  FailureEvidence evidence = record_failure(layouts, wanted, earlier.bytes);
  CHECK(explained(evidence).id == ExplanationId::wrong_id);
  evidence.replies = {earlier};
  const Explanation stale = explained(evidence);
  CHECK(stale.id == ExplanationId::stale_reply);
  CHECK(mentions(stale, "1 request before"));
}

TEST_CASE("characters in Latin-1, read as Latin-1, and cut in two are told apart", "[expect]") {
  CHECK(explained(text_failure("GRÜN", "GR\xdcN")).id == ExplanationId::latin1);
  CHECK(explained(text_failure("GRÜN", "GR\xc3\x83\xc2\x9cN")).id == ExplanationId::latin1);
  CHECK(explained(text_failure("aaä", "aa\xc3")).id == ExplanationId::cut_character);
  CHECK(explained(text_failure("aaäb", "aab")).id == ExplanationId::cut_character);
  CHECK(explained(text_failure("aaä", "aa\xef\xbf\xbd")).id == ExplanationId::cut_character);
  CHECK(explained(text_failure("aab", "aax")).id == ExplanationId::none);
  CHECK(explained(text_failure("aab", "aa\xef\xbf\xbd")).id ==
        ExplanationId::none);  // nothing was there to cut
}

TEST_CASE("a reply that lacks its last byte is short, whatever follows it", "[expect]") {
  FailureEvidence evidence = text_failure("ECHO: one", "ECHO: on");
  evidence.end = StepEnd::timed_out;
  const Explanation found = explained(evidence);
  CHECK(found.id == ExplanationId::short_reply);
  CHECK(mentions(found, "ends 1 byte early: 8 of 9 bytes"));
  evidence.came = text_bytes("ECHO: onECHO: two");
  evidence.later = {text_reply("ECHO: two")};
  CHECK(explained(evidence).id == ExplanationId::short_reply);
}

TEST_CASE("a byte too many shows in front of the next reply or where the end is", "[expect]") {
  FailureEvidence evidence = text_failure("ECHO: two", "\nECHO: two");
  evidence.replies = {text_reply("ECHO: one")};
  CHECK(explained(evidence).id == ExplanationId::long_reply);
  evidence.expected.reset();
  evidence.goal = StepGoal::end;
  evidence.came = text_bytes("\n");
  CHECK(explained(evidence).id == ExplanationId::long_reply);
}

TEST_CASE("a reply without its beginning behind another is two messages merged", "[expect]") {
  FailureEvidence evidence = text_failure("ECHO: order", "order");
  evidence.replies = {text_reply("ECHO: one")};
  evidence.requests = {text_reply("one"), text_reply("order")};
  const Explanation found = explained(evidence);
  CHECK(found.id == ExplanationId::merged_messages);
  CHECK(mentions(found, "\"ECHO: \""));
}

TEST_CASE("the last reply once more where silence is due is a glued one", "[expect]") {
  FailureEvidence evidence = text_failure("", "ECHO: one");
  evidence.expected.reset();
  evidence.goal = StepGoal::silence;
  evidence.replies = {text_reply("ECHO: one")};
  CHECK(explained(evidence).id == ExplanationId::glued_reply);
}

TEST_CASE("a request in pieces that closes the connection was taken for whole", "[expect]") {
  FailureEvidence evidence = text_failure("15", "");
  evidence.end = StepEnd::end_of_stream;
  evidence.requests = {text_reply("5+10")};
  evidence.request_in_pieces = true;
  CHECK(explained(evidence).id == ExplanationId::one_recv);
  evidence.request_in_pieces = false;
  CHECK(explained(evidence).id == ExplanationId::closed_before_reply);
}

TEST_CASE("a sum modulo 2^32 is told by the request's numbers", "[expect]") {
  FailureEvidence evidence;
  evidence.goal = StepGoal::end;
  evidence.end = StepEnd::bytes;
  evidence.requests = {{{0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 1}, {{"numbers", 0, 8}}}};
  evidence.came = {0, 0, 0, 1, 0x80, 0, 0, 0};
  const Explanation found = explained(evidence);
  CHECK(found.id == ExplanationId::wrapped_number);
  CHECK(mentions(found, "2147483648"));
  evidence.came.back() = 1;
  CHECK(explained(evidence).id != ExplanationId::wrapped_number);
}

}  // namespace wireproof
