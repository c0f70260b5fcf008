#include "expect/payload/payload.h"

#include "catch.h"
#include "expect/payload/field_values.h"

namespace wireproof {
namespace {

Field number(const std::string& name, FieldType type, std::size_t size) {
  Field field;
  field.name = name;
  field.type = type;
  field.size = size;
  return field;
}

Field unsigned_field(const std::string& name, std::size_t size, FieldRule rule = ValueAny{}) {
  Field field = number(name, FieldType::unsigned_integer, size);
  field.rule = std::move(rule);
  return field;
}

Field text_field(const std::string& name, FieldCount count) {
  Field field;
  field.name = name;
  field.type = FieldType::text;
  field.count = std::move(count);
  return field;
}

// The request of the calculation protocol: id, op, n, numbers, in a frame that says its length.
LayoutSet calc_layouts() {
  LayoutSet layouts;
  Layout request{"request", {}};
  request.fields.push_back(unsigned_field("id", 4));
  request.fields.push_back(text_field("op", CountFixed{3}));
  request.fields.back().rule = ValueOneOf{{text_value("SUM"), text_value("PRO")}};
  request.fields.push_back(unsigned_field("n", 1, ValueCountOf{"numbers"}));
  request.fields.push_back(number("numbers", FieldType::signed_integer, 4));
  request.fields.back().count = CountField{"n"};
  request.fields.back().is_array = true;
  layouts["request"] = request;
  Layout framed{"framed", {}};
  framed.fields.push_back(unsigned_field("length", 4, ValueSizeOf{"body"}));
  Field body;
  body.name = "body";
  body.type = FieldType::layout;
  body.size = 0;
  body.layout = "request";
  framed.fields.push_back(body);
  layouts["framed"] = framed;
  Layout line{"line", {text_field("word", CountUntil{Bytes{'\n'}})}};
  layouts["line"] = line;
  Layout sized{"sized", {}};
  sized.fields.push_back(unsigned_field("size", 2, ValueSizeOf{"data"}));
  sized.fields.push_back(text_field("data", CountRest{}));
  layouts["sized"] = sized;
  Layout open{"open", {text_field("data", CountRest{})}};
  layouts["open"] = open;
  return layouts;
}

FieldArgument open_argument(const std::string& field, FieldArgument::Kind kind,
                            const std::string& variable) {
  FieldArgument argument;
  argument.field = field;
  argument.kind = kind;
  argument.variable = variable;
  return argument;
}

Message layout_message(const std::string& layout, std::vector<FieldArgument> arguments) {
  Message message;
  message.parts.emplace_back(LayoutPart{layout, std::move(arguments)});
  return message;
}

Message sum_message() {
  return layout_message(
      "framed", {given("id", {"1"}), given("op", {"SUM"}), given("numbers", {"1", "2", "-3"})});
}

const char* const kSumHex = "00000014 00000001 53554d 03 00000001 00000002 fffffffd";

std::string encode(const Message& message, const Variables& variables = {}) {
  const auto encoded = encode_message(message, calc_layouts(), variables);
  return encoded ? render_hex(encoded->bytes) : encoded.error();
}

TEST_CASE("sizes and counts are computed when a message is sent", "[expect]") {
  CHECK(encode(sum_message()) == spaced(kSumHex));
}

TEST_CASE("an explicit size or count is sent as given, right or wrong", "[expect]") {
  CHECK(encode(layout_message(
            "framed", {given("length", {"7"}), given("n", {"9"}), given("numbers", {"1"})})) ==
        spaced("00000007 00000000 53554d 09 00000001"));
}

TEST_CASE("a field not given takes its rule's first value, else zeros", "[expect]") {
  CHECK(encode(layout_message("request", {})) == spaced("00000000 53554d 00"));
}

TEST_CASE("what a field cannot hold is refused in words", "[expect]") {
  CHECK(encode(layout_message("request", {given("n", {"256"})})) == "`n`: `256` does not fit u8");
  CHECK(encode(layout_message("request", {given("op", {"SUMME"})})) ==
        "`op` has 3 bytes, but 5 were given: \"SUMME\"");
  CHECK(encode(layout_message("request", {given("ops", {"SUM"})})) ==
        "the layout `request` has no field `ops`");
  CHECK(encode(layout_message("none", {})) == "the layout `none` is not known");
}

TEST_CASE("client number and repeat count are filled in, remembered values too", "[expect]") {
  Message message;
  message.parts.emplace_back(TextPart{"c{n}-{i};", 2});
  message.parts.emplace_back(VariablePart{"token"});
  const Variables variables{{"n", "7"}, {"i", "3"}, {"token", "xy"}};
  const auto encoded = encode_message(message, {}, variables);
  REQUIRE(encoded);
  CHECK(as_text(encoded->bytes) == "c7-3;c7-3;xy");
}

TEST_CASE("the places of fields are known for splitting", "[expect]") {
  const auto encoded = encode_message(sum_message(), calc_layouts(), {});
  REQUIRE(encoded);
  REQUIRE(encoded->fields.size() == 6);
  CHECK(encoded->fields[0] == FieldPlace{"length", 0, 4});
  CHECK(encoded->fields[1] == FieldPlace{"body", 4, 24});
  CHECK(encoded->fields[3] == FieldPlace{"body.op", 8, 11});
}

TEST_CASE("a message that was encoded compares equal, each shorter prefix does not", "[expect]") {
  const LayoutSet layouts = calc_layouts();
  const Bytes bytes = *parse_hex(kSumHex);
  Variables variables;
  CHECK_FALSE(compare_message(sum_message(), layouts, variables, bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    const ByteView prefix(bytes.data(), size);
    CHECK(compare_message(sum_message(), layouts, variables, prefix));
    const MessageNeed need = message_need(sum_message(), layouts, variables, prefix);
    CHECK_FALSE(need.complete);
    CHECK(need.size > size);
    CHECK(need.size <= bytes.size());
  }
  const MessageNeed whole = message_need(sum_message(), layouts, variables, bytes);
  CHECK(whole.complete);
  CHECK(whole.size == bytes.size());
}

TEST_CASE("the first differing byte and its field are named", "[expect]") {
  struct Case {
    const char* hex;
    MessageMismatch mismatch;
  };
  const std::vector<Case> cases{
      {"00000014 00000002 53554d 03 00000001 00000002 fffffffd", {7, "body.id", "1", "2"}},
      {"00000014 00000001 53554e 03 00000001 00000002 fffffffd",
       {10, "body.op", "\"SUM\"", "\"SUN\""}},
      {"00000014 00000001 53554d 03 00000001 00000003 fffffffd",
       {19, "body.numbers[1]", "[1, 2, -3]", "[1, 3, -3]"}},
      {"00000015 00000001 53554d 03 00000001 00000002 fffffffd",
       {3, "length", "20 (size of body)", "21"}},
      {"00000014 00000001 53554d 03 00000001 00000002 fffffffd 00",
       {24, "", "the end", "\"\\x00\""}},
  };
  for (const Case& item : cases) {
    CAPTURE(item.hex);
    Variables variables;
    const auto found =
        compare_message(sum_message(), calc_layouts(), variables, *parse_hex(item.hex));
    REQUIRE(found);
    CHECK(found->offset == item.mismatch.offset);
    CHECK(found->field == item.mismatch.field);
    CHECK(found->expected == item.mismatch.expected);
    CHECK(found->captured == item.mismatch.captured);
  }
}

TEST_CASE("a wrong count is named by the count that the values have", "[expect]") {
  Variables variables;
  const auto found = compare_message(sum_message(), calc_layouts(), variables,
                                     *parse_hex("00000014 00000001 53554d 02 00000001 00000002"));
  REQUIRE(found);
  CHECK(found->field == "length");  // 20 was said, 16 came
  const Message request = layout_message("request", {given("numbers", {"1", "2", "-3"})});
  const auto count = compare_message(request, calc_layouts(), variables,
                                     *parse_hex("00000001 53554d 02 00000001 00000002"));
  REQUIRE(count);
  CHECK(*count == MessageMismatch{7, "n", "3 (count of numbers)", "2"});
}

TEST_CASE("a field that nobody demands takes any value that its rule allows", "[expect]") {
  Variables variables;
  const Message any = layout_message("request", {});
  CHECK_FALSE(compare_message(any, calc_layouts(), variables, *parse_hex("00000009 50524f 00")));
  const auto found =
      compare_message(any, calc_layouts(), variables, *parse_hex("00000009 4d494e 00"));
  REQUIRE(found);
  CHECK(found->field == "op");
  CHECK(found->expected == "\"SUM\"|\"PRO\"");
}

TEST_CASE("a value is remembered by a message that matches, and recalled", "[expect]") {
  using ArgumentKind = FieldArgument::Kind;
  Variables variables;
  const Message ask =
      layout_message("request", {open_argument("id", ArgumentKind::remember, "id")});
  CHECK(compare_message(ask, calc_layouts(), variables, *parse_hex("00000009 4d494e 00")));
  CHECK(variables.empty());
  CHECK_FALSE(compare_message(ask, calc_layouts(), variables, *parse_hex("00000009 53554d 00")));
  CHECK(variables == Variables{{"id", "9"}});
  const Message again =
      layout_message("request", {open_argument("id", ArgumentKind::recall, "id")});
  CHECK(encode(again, variables) == spaced("00000009 53554d 00"));
  CHECK(compare_message(again, calc_layouts(), variables, *parse_hex("00000008 53554d 00")));
}

TEST_CASE("a terminated text ends with its terminator", "[expect]") {
  const Message line = layout_message("line", {given("word", {"ab"})});
  Variables variables;
  CHECK(encode(line) == spaced("61620a"));
  CHECK_FALSE(message_need(line, calc_layouts(), variables, as_bytes("ab")).complete);
  CHECK(message_need(line, calc_layouts(), variables, as_bytes("ab")).size == 3);
  CHECK(encode(layout_message("line", {})) == spaced("0a"));
  const MessageNeed need = message_need(line, calc_layouts(), variables, as_bytes("ab\ncd\n"));
  CHECK(need.complete);
  CHECK(need.size == 3);
  CHECK_FALSE(compare_message(line, calc_layouts(), variables, as_bytes("ab\n")));
}

TEST_CASE("the rest of a layout ends by its size, its value, or the stream's end", "[expect]") {
  Variables variables;
  const Message sized = layout_message("sized", {});
  CHECK(message_need(sized, calc_layouts(), variables, *parse_hex("0002")).size == 4);
  CHECK(message_need(sized, calc_layouts(), variables, *parse_hex("0002 6162 63")).complete);
  const Message open = layout_message("open", {});
  CHECK(message_need(open, calc_layouts(), variables, as_bytes("abc")).to_end);
  const Message known = layout_message("open", {given("data", {"hello"})});
  const MessageNeed need = message_need(known, calc_layouts(), variables, as_bytes("hel"));
  CHECK_FALSE(need.to_end);
  CHECK(need.size == 5);
}

TEST_CASE("pad bytes go where the alignment asks for them", "[expect]") {
  Layout layout{"native", {unsigned_field("version", 1), unsigned_field("size", 8)}};
  layout.fields[1].align = 8;
  layout.fields[1].order = ByteOrder::little;
  const LayoutSet layouts{{"native", layout}};
  CHECK(layout_size(layout, layouts) == 16);
  const Message message =
      layout_message("native", {given("version", {"1"}), given("size", {"258"})});
  const auto encoded = encode_message(message, layouts, {});
  REQUIRE(encoded);
  CHECK(render_hex(encoded->bytes) == spaced("01 00000000000000 0201000000000000"));
  Variables variables;
  CHECK_FALSE(compare_message(message, layouts, variables, encoded->bytes));
}

TEST_CASE("a layout's size is known when all its parts are fixed", "[expect]") {
  const LayoutSet layouts = calc_layouts();
  CHECK_FALSE(layout_size(layouts.at("request"), layouts));
  CHECK(layout_size(Layout{"two", {unsigned_field("a", 4), unsigned_field("b", 2)}}, layouts) == 6);
}

TEST_CASE("a count that no machine can hold reads as missing bytes, not as memory", "[expect]") {
  Layout layout{"huge", {unsigned_field("n", 8), unsigned_field("items", 8)}};
  layout.fields[1].count = CountField{"n"};
  layout.fields[1].is_array = true;
  const LayoutSet layouts{{"huge", layout}};
  Variables variables;
  const Bytes bytes(16, 0xff);
  CHECK_FALSE(message_need(layout_message("huge", {}), layouts, variables, bytes).complete);
  CHECK(compare_message(layout_message("huge", {}), layouts, variables, bytes));
}

}  // namespace
}  // namespace wireproof
