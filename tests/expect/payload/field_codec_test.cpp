#include "expect/payload/field_codec.h"

#include "catch.h"
#include "expect/payload/field_values.h"

namespace wireproof {
namespace {

Field field(FieldType type, std::size_t size, ByteOrder order = ByteOrder::big) {
  Field made;
  made.name = "value";
  made.type = type;
  made.size = size;
  made.order = order;
  return made;
}

Field array(std::size_t size, FieldCount count) {
  Field made = field(FieldType::unsigned_integer, size);
  made.is_array = true;
  made.count = std::move(count);
  return made;
}

constexpr FieldType kUnsigned = FieldType::unsigned_integer;
constexpr FieldType kSigned = FieldType::signed_integer;
constexpr FieldType kFloating = FieldType::floating;

// The bytes of a number as written, or what is wrong with it.
std::string written(const std::string& text, const Field& of) {
  const auto value = parse_field_number(text, of);
  if (!value) return value.error();
  ByteWriter writer;
  write_value(*value, of, writer);
  return render_hex(writer.take());
}

}  // namespace

TEST_CASE("a number is written as its type has it, to the ends of its range", "[expect]") {
  struct Case {
    FieldType type;
    std::size_t size;
    const char* text;
    const char* hex;
  };
  const std::vector<Case> cases{{kUnsigned, 1, "255", "ff"},
                                {kUnsigned, 1, "-0", "00"},
                                {kUnsigned, 2, "0xffff", "ffff"},
                                {kUnsigned, 8, "18446744073709551615", "ffffffffffffffff"},
                                {kSigned, 1, "127", "7f"},
                                {kSigned, 1, "-128", "80"},
                                {kSigned, 2, "-2", "fffe"},
                                {kSigned, 4, "2147483647", "7fffffff"},
                                {kSigned, 8, "-9223372036854775808", "8000000000000000"},
                                {kFloating, 4, "1.5", "3fc00000"},
                                {kFloating, 4, "0.1", "3dcccccd"},
                                {kFloating, 8, "1.5", "3ff8000000000000"},
                                {kFloating, 8, "-0.1", "bfb999999999999a"}};
  for (const Case& one : cases) {
    CAPTURE(one.text, one.size);
    const Field big = field(one.type, one.size);
    CHECK(written(one.text, big) == spaced(one.hex));
    // Read again, in both orders.
    Bytes bytes = *parse_hex(one.hex);
    CHECK(read_value(big, bytes) == parse_field_number(one.text, big).value());
    std::reverse(bytes.begin(), bytes.end());
    const Field little = field(one.type, one.size, ByteOrder::little);
    CHECK(written(one.text, little) == render_hex(bytes));
    CHECK(read_value(little, bytes) == parse_field_number(one.text, big).value());
  }
}

TEST_CASE("a number of 32 bits is as exact as those are", "[expect]") {
  const auto value = parse_field_number("0.1", field(kFloating, 4));
  REQUIRE(value);
  CHECK(std::get<double>(*value) == static_cast<double>(0.1F));
  CHECK(std::get<double>(*parse_field_number("0.1", field(kFloating, 8))) == 0.1);
}

TEST_CASE("what is no number, or does not fit, is refused in words", "[expect]") {
  struct Case {
    FieldType type;
    std::size_t size;
    const char* text;
    const char* error;
  };
  const char* const no_whole = "is no whole number that fits 64 bits";
  const std::vector<Case> cases{{kUnsigned, 1, "256", "does not fit u8"},
                                {kUnsigned, 1, "-1", "does not fit u8"},
                                {kUnsigned, 4, "4294967296", "does not fit u32"},
                                {kSigned, 1, "128", "does not fit i8"},
                                {kSigned, 1, "-129", "does not fit i8"},
                                {kSigned, 1, "300", "does not fit i8"},
                                {kUnsigned, 4, "", no_whole},
                                {kUnsigned, 4, "x", no_whole},
                                {kUnsigned, 4, "12x", no_whole},
                                {kUnsigned, 4, "0x", no_whole},
                                {kUnsigned, 8, "18446744073709551616", no_whole},
                                {kFloating, 8, "", "is no number"},
                                {kFloating, 8, "x", "is no number"},
                                {kFloating, 8, "1.5x", "is no number"},
                                {kFloating, 8, "1e999", "is no number"}};
  for (const Case& one : cases) {
    CHECK(written(one.text, field(one.type, one.size)) ==
          "`" + std::string(one.text) + "` " + one.error);
  }
}

TEST_CASE("a field takes as many values as it has elements", "[expect]") {
  const auto encoded = [](const Field& of, const std::vector<std::string>& values) {
    const auto bytes = encode_values(of, values);
    return bytes ? render_hex(*bytes) : bytes.error();
  };
  CHECK(encoded(field(kUnsigned, 2), {"1"}) == spaced("0001"));
  CHECK(encoded(field(kUnsigned, 2), {"1", "2"}) == "`value` takes 1 values, but 2 were given");
  CHECK(encoded(array(1, CountFixed{2}), {"1", "2"}) == spaced("0102"));
  CHECK(encoded(array(1, CountFixed{2}), {"1", "2", "3"}) ==
        "`value` takes 2 values, but 3 were given");
  CHECK(encoded(array(1, CountRest{}), {"1", "2", "3"}) == spaced("010203"));
  CHECK(encoded(array(1, CountRest{}), {"1", "x"}) ==
        "`value`: `x` is no whole number that fits 64 bits");
  CHECK(encoded(field(FieldType::text, 1), {"a", "b"}) == "`value` takes one text");
  CHECK(encoded(field(FieldType::layout, 0), {"a"}) ==
        "`value` is a layout: its fields are given, not itself");
}

TEST_CASE("a text is padded, terminated, and stripped of both again", "[expect]") {
  Field padded = field(FieldType::text, 1);
  padded.count = CountFixed{4};
  padded.padding = '-';
  CHECK(render_hex(*encode_values(padded, {"ab"})) == spaced("61622d2d"));
  CHECK(render_hex(*encode_values(padded, {"abcd"})) == spaced("61626364"));
  CHECK_FALSE(encode_values(padded, {"abcde"}));
  const auto bare = [](const Field& of, std::string_view text) {
    return std::string(as_text(bare_value(of, as_bytes(text))));
  };
  CHECK(bare(padded, "ab--") == "ab");
  CHECK(bare(padded, "a-b-") == "a-b");
  CHECK(bare(padded, "----").empty());
  CHECK(bare(padded, "abcd") == "abcd");
  Field until = field(FieldType::text, 1);
  until.count = CountUntil{{'\r', '\n'}};
  CHECK(bare(until, "ab\r\n") == "ab");
  CHECK(bare(until, "\n").empty());
  CHECK(bare(field(FieldType::text, 1), "ab-") == "ab-");
}

TEST_CASE("fields are shown as a sheet writes them, and remembered without quotes", "[expect]") {
  const Bytes bytes{0, 1, 0, 2};
  CHECK(render_field_bytes(array(2, CountRest{}), bytes) == "[1, 2]");
  CHECK(render_field_bytes(field(kUnsigned, 4), bytes) == "65538");
  CHECK(remember_field_bytes(array(2, CountRest{}), bytes) == "1, 2");
  const Bytes letters{'a', 'b'};
  for (const FieldType type : {FieldType::text, FieldType::bytes, FieldType::layout}) {
    CHECK(render_field_bytes(field(type, 1), letters) == "\"ab\"");
    CHECK(remember_field_bytes(field(type, 1), letters) == "ab");
  }
  CHECK(render_field_bytes(field(kUnsigned, 1), letters) != "\"ab\"");
  const Field many = array(2, CountRest{});
  const std::string most = render_field_bytes(many, Bytes(128, 0));
  CHECK(most.find("…") == std::string::npos);
  CHECK(render_field_bytes(many, Bytes(130, 0)) == most.substr(0, most.size() - 1) + ", …]");
}

TEST_CASE("a remembered list is taken apart into its numbers again", "[expect]") {
  FieldArgument recall;
  recall.kind = FieldArgument::Kind::recall;
  recall.variable = "list";
  const Variables variables{{"list", "1, 23, 4"}};
  CHECK(*argument_values(recall, array(1, CountRest{}), variables) ==
        std::vector<std::string>{"1", "23", "4"});
  CHECK(*argument_values(recall, field(FieldType::text, 1), variables) ==
        std::vector<std::string>{"1, 23, 4"});
  CHECK_FALSE(argument_values(recall, array(1, CountRest{}), {}));
}

TEST_CASE("each placeholder in a text is filled in", "[expect]") {
  const Variables variables{{"n", "7"}, {"i", "{n}"}};
  CHECK(fill_placeholders("{n}{n}-{n}", variables) == "77-7");
  CHECK(fill_placeholders("a{i}{i}", variables) == "a{n}{n}");
  CHECK(fill_placeholders("{other}", variables) == "{other}");
}

TEST_CASE("what is filled into a pattern stands for itself", "[expect]") {
  const Variables variables{{"host", "127.0.0.1"}, {"n", "7"}};
  CHECK(fill_pattern("^{host} a{2}{n}.$", variables) == "^127\\.0\\.0\\.1 a{2}7.$");
}

TEST_CASE("only whole numbers from 0 count something", "[expect]") {
  CHECK(as_count(std::uint64_t{3}) == 3U);
  CHECK(as_count(std::int64_t{3}) == 3U);
  CHECK(as_count(std::int64_t{0}) == 0U);
  CHECK_FALSE(as_count(std::int64_t{-1}));
  CHECK_FALSE(as_count(1.0));
  CHECK_FALSE(as_count(Bytes{1}));
}

}  // namespace wireproof
