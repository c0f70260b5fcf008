// Where received bytes are not what a message says: each rule at both of its ends.
#include "catch.h"
#include "expect/payload/field_values.h"

namespace wireproof {
namespace {

Field field(const std::string& name, FieldType type, std::size_t size) {
  Field made;
  made.name = name;
  made.type = type;
  made.size = size;
  return made;
}

Message message_of(std::vector<FieldArgument> arguments = {}) {
  return {{LayoutPart{"one", std::move(arguments)}}, {}};
}

LayoutSet layouts_of(std::vector<Field> fields) {
  return {{"one", Layout{"one", std::move(fields)}}};
}

// "offset field: expected / captured"; empty: the bytes are as they should be.
std::string compared(const Message& message, const LayoutSet& layouts, const Bytes& received,
                     Variables variables = {}) {
  const auto found = compare_message(message, layouts, variables, received);
  if (!found) return "";
  return std::to_string(found->offset) + " " + found->field + ": " + found->expected + " / " +
         found->captured;
}

Bytes bytes_of(const std::string& text) {
  return Bytes(text.begin(), text.end());
}

std::string encoded(const Message& message, const LayoutSet& layouts) {
  const auto bytes = encode_message(message, layouts, {});
  return bytes ? render_hex(bytes->bytes) : bytes.error();
}

}  // namespace

TEST_CASE("each element of an array is one of the values", "[expect]") {
  Field values = field("values", FieldType::unsigned_integer, 2);
  values.is_array = true;
  values.count = CountRest{};
  values.rule = ValueOneOf{{std::uint64_t{1}, std::uint64_t{0x0203}}};
  const LayoutSet layouts = layouts_of({field("head", FieldType::unsigned_integer, 1), values});
  const Message any = message_of();
  CHECK(compared(any, layouts, {9}).empty());
  CHECK(compared(any, layouts, {9, 0, 1}).empty());
  CHECK(compared(any, layouts, {9, 0, 1, 2, 3}).empty());
  CHECK(compared(any, layouts, {9, 0, 2}) == "2 values: 1|515 / [2]");
  // How far one element is right says nothing of the next.
  CHECK(compared(any, layouts, {9, 0, 1, 2, 4, 0, 1}) == "4 values: 1|515 / [1, 516, 1]");
  CHECK(compared(any, layouts, {9, 0, 1, 0, 1, 7, 7}) == "5 values: 1|515 / [1, 1, 1799]");
}

TEST_CASE("a text is one of the values, with its padding or without", "[expect]") {
  Field count = field("n", FieldType::unsigned_integer, 1);
  Field word = field("word", FieldType::text, 1);
  word.count = CountField{"n"};
  word.rule = ValueOneOf{{text_value("x"), text_value("yes")}};
  const LayoutSet layouts = layouts_of({count, word, field("t", FieldType::unsigned_integer, 1)});
  CHECK(compared(message_of(), layouts, {1, 'x', 9}).empty());
  CHECK(compared(message_of(), layouts, {3, 'y', 'e', 's', 9}).empty());
  CHECK(compared(message_of(), layouts, {2, 'y', 'x', 9}) == "2 word: \"x\"|\"yes\" / \"yx\"");
  // An empty one is none of them, whatever stands behind it.
  CHECK(compared(message_of(), layouts, {0, 'x'}) == "1 word: \"x\"|\"yes\" / \"\"");
  Field padded = field("word", FieldType::text, 1);
  padded.count = CountFixed{4};
  padded.padding = '-';
  padded.rule = ValueOneOf{{text_value("a-"), text_value("bb")}};
  const LayoutSet fixed = layouts_of({padded});
  CHECK(compared(message_of(), fixed, bytes_of("a---")).empty());
  CHECK(compared(message_of(), fixed, bytes_of("bb--")).empty());
  CHECK(compared(message_of(), fixed, bytes_of("b---")) == "1 word: \"a-\"|\"bb\" / \"b\"");
}

TEST_CASE("a number lies in its range, its ends counted", "[expect]") {
  struct Case {
    FieldType type;
    std::int64_t least;
    std::int64_t most;
    std::uint8_t value;
    bool inside;
  };
  constexpr FieldType kUnsigned = FieldType::unsigned_integer;
  constexpr FieldType kSigned = FieldType::signed_integer;
  const std::vector<Case> cases{
      {kUnsigned, 3, 5, 2, false},   {kUnsigned, 3, 5, 3, true},   {kUnsigned, 3, 5, 5, true},
      {kUnsigned, 3, 5, 6, false},   {kUnsigned, 0, 0, 0, true},   {kUnsigned, 0, 0, 1, false},
      {kUnsigned, -2, 5, 0, true},   {kUnsigned, -2, 5, 6, false}, {kUnsigned, -5, -2, 0, false},
      {kUnsigned, -5, -2, 3, false}, {kUnsigned, 0, 5, 0, true},   {kSigned, -2, 5, 0xfe, true},
      {kSigned, -2, 5, 0xfd, false}, {kSigned, -2, 5, 5, true},    {kSigned, -2, 5, 6, false}};
  for (const Case& one : cases) {
    CAPTURE(one.least, one.most, static_cast<int>(one.value));
    Field value = field("value", one.type, 1);
    value.rule = ValueRange{one.least, one.most};
    const std::string found = compared(message_of(), layouts_of({value}), {one.value});
    CHECK(found.empty() == one.inside);
  }
}

TEST_CASE("each element of an array lies in the range", "[expect]") {
  Field values = field("values", FieldType::unsigned_integer, 2);
  values.is_array = true;
  values.count = CountRest{};
  values.rule = ValueRange{1, 9};
  const LayoutSet layouts = layouts_of({field("head", FieldType::unsigned_integer, 1), values});
  CHECK(compared(message_of(), layouts, {7}).empty());
  CHECK(compared(message_of(), layouts, {7, 0, 1, 0, 9}).empty());
  CHECK(compared(message_of(), layouts, {7, 0, 1, 0, 10}) == "3 values: 1..9 / [1, 10]");
  CHECK(compared(message_of(), layouts, {7, 0, 0, 0, 9}) == "1 values: 1..9 / [0, 9]");
}

TEST_CASE("a text that ends early is shown as far as it came", "[expect]") {
  Field word = field("word", FieldType::text, 1);
  word.count = CountFixed{3};
  const LayoutSet layouts = layouts_of({field("id", FieldType::unsigned_integer, 1), word});
  const Message sum = message_of({given("word", {"SUM"})});
  CHECK(compared(sum, layouts, bytes_of("\x01SU")) == "3 word: \"SUM\" / \"SU\", then the end");
  CHECK(compared(sum, layouts, bytes_of("\x01SUX")) == "3 word: \"SUM\" / \"SUX\"");
  // Where nothing is demanded of it, the bytes are missing.
  CHECK(compared(message_of(), layouts, bytes_of("\x01SU")) ==
        "3 word: 4 bytes / 3 bytes, then the end");
  Message behind = message_of();
  behind.parts.insert(behind.parts.begin(), TextPart{"ab", 1});
  CHECK(compared(behind, layouts, bytes_of("ab\x01S")) ==
        "4 word: 4 bytes / 2 bytes, then the end");
}

TEST_CASE("of an element that ends early the rest is missing, and nothing behind it is read",
          "[expect]") {
  Field size = field("size", FieldType::unsigned_integer, 1);
  size.rule = ValueSizeOf{"pairs"};
  Field pairs = field("pairs", FieldType::layout, 0);
  pairs.layout = "pair";
  pairs.is_array = true;
  pairs.count = CountRest{};
  LayoutSet layouts = layouts_of({size, pairs, field("tail", FieldType::unsigned_integer, 1)});
  layouts["pair"] = {
      "pair",
      {field("a", FieldType::unsigned_integer, 1), field("b", FieldType::unsigned_integer, 2)}};
  const Message message = message_of({given("tail", {"5"})});
  CHECK(compared(message, layouts, {3, 1, 0, 9, 5}).empty());
  CHECK(compared(message, layouts, {3, 1, 9}) == "3 pairs[0].b: 4 bytes / 3 bytes, then the end");
  CHECK(message_need(message, layouts, {}, Bytes{3, 1}).size == 4);
  // Elements without bytes never fill it; what is behind them is read all the same.
  layouts["pair"].fields.clear();
  layouts["one"].fields.erase(layouts["one"].fields.begin());
  CHECK(compared(message, layouts, {5}).empty());
  CHECK(compared(message, layouts, {6}) == "0 tail: 5 / 6");
}

TEST_CASE("of a long text the place of the first difference is shown", "[expect]") {
  const std::string before(43, 'a');
  const std::string wanted = before + "ä" + std::string(60, 'b');
  std::string came = wanted;
  came[60] = 'x';
  const std::string shown = "…\"ä" + std::string(15, 'b');
  for (const bool as_field : {false, true}) {
    Field word = field("word", FieldType::text, 1);
    word.count = CountRest{};
    const Message message =
        as_field ? message_of({given("word", {wanted})}) : Message{{TextPart{wanted, 1}}, {}};
    const std::string found = compared(message, layouts_of({word}), bytes_of(came));
    CAPTURE(as_field);
    CHECK_THAT(found, Catch::Contains(": " + shown + "b"));
    CHECK_THAT(found, Catch::Contains(" / " + shown + "x"));
  }
  // All of it where the difference is near its beginning, or where it ends before.
  const Message text{{TextPart{wanted, 1}}, {}};
  came = wanted;
  came[48] = 'x';
  CHECK_THAT(compared(text, {}, bytes_of(came)), Catch::Contains("48 : \"aaa"));
  came[48] = 'b';
  came[49] = 'x';
  CHECK_THAT(compared(text, {}, bytes_of(came)), Catch::Contains("49 : …\"aaaaaaaaaaä"));
  CHECK(compared(text, {},
                 bytes_of("\x80"
                          "b"))
            .ends_with(" / \"\\x80b\""));
  CHECK_THAT(compared(text, {}, {}), Catch::EndsWith(" / the end"));
}

TEST_CASE("a checksum is blamed where nothing that it covers is wrong", "[expect]") {
  Field checksum = field("checksum", FieldType::unsigned_integer, 2);
  checksum.rule = ValueChecksum{*checksum_named("internet"), {"checksum", "text"}};
  Field length = field("length", FieldType::unsigned_integer, 1);
  length.rule = ValueSizeOf{"text"};
  Field text = field("text", FieldType::text, 1);
  text.count = CountRest{};
  const LayoutSet layouts = layouts_of({checksum, length, text});
  const Message abc = message_of({given("text", {"abc"})});
  Bytes sent = encode_message(abc, layouts, {})->bytes;
  CHECK(compared(abc, layouts, sent).empty());
  // Its own length and checksum are right, but it is not the text that is asked for.
  const Bytes longer = encode_message(message_of({given("text", {"abcd"})}), layouts, {})->bytes;
  CHECK(compared(abc, layouts, longer) == "2 length: 3 (size of text) / 4");
  sent[1] ^= 1U;
  CHECK(compared(abc, layouts, sent).starts_with("1 checksum: "));
}

TEST_CASE("a remembered value stands for itself later in the same message", "[expect]") {
  FieldArgument remember;
  remember.field = "id";
  remember.kind = FieldArgument::Kind::remember;
  remember.variable = "token";
  const LayoutSet layouts = layouts_of({field("id", FieldType::unsigned_integer, 1)});
  Message message = message_of({remember});
  message.parts.emplace_back(VariablePart{"token"});
  const Variables old{{"token", "9"}};
  CHECK(compared(message, layouts, {7, '7'}, old).empty());
  CHECK(compared(message, layouts, {7, '9'}, old) == "1 : \"7\" / \"9\"");
  const Message variable{{VariablePart{"token"}}, {}};
  CHECK(compared(variable, {}, {'9'}, old).empty());
  CHECK(compared(variable, {}, {'8'}, old) == "0 : \"9\" / \"8\"");
  CHECK(compared(variable, {}, {'9'}) == "0 : nothing was remembered as `token` / ");
}

TEST_CASE("a message needs what its parts need, until one is not there", "[expect]") {
  Field word = field("word", FieldType::text, 1);
  word.count = CountUntil{{'\n'}};
  const LayoutSet layouts = layouts_of({word});
  Message message = message_of();
  message.parts.emplace_back(TextPart{"xy", 1});
  CHECK(message_need(message, layouts, {}, as_bytes("ab")).size == 3);
  CHECK(message_need(message, layouts, {}, as_bytes("ab\n")).size == 5);
  CHECK_FALSE(message_need(message, layouts, {}, as_bytes("ab\nx")).complete);
  CHECK(message_need(message, layouts, {}, as_bytes("ab\nxy")).complete);
  Field rest = field("rest", FieldType::text, 1);
  rest.count = CountRest{};
  FieldArgument recall;
  recall.field = "rest";
  recall.kind = FieldArgument::Kind::recall;
  recall.variable = "token";
  const Message known = message_of({recall});
  CHECK(message_need(known, layouts_of({rest}), {{"token", "hello"}}, as_bytes("h")).size == 5);
}

TEST_CASE("a text that nobody gave is as long as its counter was given", "[expect]") {
  const Field counter = field("n", FieldType::unsigned_integer, 1);
  Field word = field("word", FieldType::text, 1);
  word.count = CountField{"n"};
  CHECK(encoded(message_of({given("n", {"2"})}), layouts_of({counter, word})) == spaced("020000"));
  CHECK(encoded(message_of(), layouts_of({counter, word})) == spaced("00"));
  word.padding = '-';
  CHECK(encoded(message_of({given("n", {"2"})}), layouts_of({counter, word})) == spaced("022d2d"));
  // One that its rule names stays as it is.
  word.rule = ValueOneOf{{text_value("SUM")}};
  CHECK(encoded(message_of({given("n", {"5"})}), layouts_of({counter, word})) ==
        spaced("0553554d"));
  word.count = CountField{"nowhere"};
  CHECK(encoded(message_of({given("n", {"5"})}), layouts_of({counter, word})) ==
        spaced("0553554d"));
}

TEST_CASE("an array of layouts that nobody gave has its count of defaults", "[expect]") {
  LayoutSet layouts;
  Field least = field("v", FieldType::unsigned_integer, 2);
  least.rule = ValueRange{3, 9};
  layouts["pair"] = {"pair", {least}};
  Field many = field("many", FieldType::layout, 0);
  many.layout = "pair";
  many.is_array = true;
  many.count = CountFixed{2};
  layouts["one"] = {"one", {many}};
  CHECK(encoded(message_of(), layouts) == spaced("00030003"));
  layouts["one"].fields.front().layout = "nowhere";
  CHECK(encoded(message_of(), layouts) == "the layout `nowhere` is not known");
}

}  // namespace wireproof
