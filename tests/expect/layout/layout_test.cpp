#include "expect/layout/layout.h"

#include "catch.h"
#include "expect/payload/field_codec.h"
#include "expect/payload/layout_decode.h"
#include "expect/payload/payload.h"

namespace wireproof {
namespace {

Field number(const std::string& name, std::size_t size) {
  Field field;
  field.name = name;
  field.type = FieldType::unsigned_integer;
  field.size = size;
  return field;
}

Field counted(Field field, FieldCount count) {
  field.count = std::move(count);
  field.is_array = true;
  return field;
}

Field text(const std::string& name, FieldCount count) {
  Field field;
  field.name = name;
  field.type = FieldType::text;
  field.count = std::move(count);
  return field;
}

Field nested(const std::string& name, const std::string& layout) {
  Field field;
  field.name = name;
  field.type = FieldType::layout;
  field.size = 0;
  field.layout = layout;
  return field;
}

Field ruled(Field field, FieldRule rule) {
  field.rule = std::move(rule);
  return field;
}

// `l1` holds `l2`, and so on; the last one has a byte.
LayoutSet chain(std::size_t count) {
  LayoutSet layouts;
  for (std::size_t i = 1; i <= count; ++i) {
    Layout layout{"l" + std::to_string(i), {}};
    layout.fields = {i == count ? number("value", 1) : nested("in", "l" + std::to_string(i + 1))};
    layouts[layout.name] = layout;
  }
  return layouts;
}

// "path@begin-end×count …", `!` behind what is not complete; then what the whole needs.
std::string decoded(const LayoutSet& layouts, const std::string& name, const Bytes& bytes,
                    std::size_t begin = 0) {
  const DecodedLayout found = decode_layout(layouts.at(name), {layouts, {}, {}}, bytes, begin);
  std::string line;
  for (const DecodedField& one : found.fields) {
    line += one.path + "@" + std::to_string(one.begin) + "-" + std::to_string(one.end) + "x" +
            std::to_string(one.count) + (one.complete ? " " : "! ");
  }
  line +=
      found.complete ? "ends " + std::to_string(found.end) : "needs " + std::to_string(found.need);
  return line + (found.to_end ? " open" : "");
}

}  // namespace

TEST_CASE("a layout that is larger than any message has no size", "[expect]") {
  constexpr std::uint64_t kMany = 1 << 26;
  LayoutSet layouts;
  layouts["a"] = {"a", {counted(number("bytes", 1), CountFixed{kMany})}};
  layouts["b"] = {"b", {counted(nested("all", "a"), CountFixed{kMany})}};
  CHECK(field_size(nested("one", "a"), layouts) == kMany);
  CHECK(field_size(nested("one", "b"), layouts) == std::nullopt);
  CHECK(field_size(counted(nested("all", "b"), CountFixed{kMany}), layouts) == std::nullopt);
}

TEST_CASE("layouts hold each other to a depth of 16", "[expect]") {
  const LayoutSet most = chain(16);
  CHECK(list_fields(most.at("l1"), most).size() == 16);
  CHECK(layout_size(most.at("l1"), most) == 1U);
  CHECK(decode_layout(most.at("l1"), {most, {}, {}}, Bytes{7}, 0).complete);
  const LayoutSet more = chain(17);
  CHECK(list_fields(more.at("l1"), more).size() == 16);
  CHECK_FALSE(layout_size(more.at("l1"), more));
  CHECK_FALSE(decode_layout(more.at("l1"), {more, {}, {}}, Bytes{7}, 0).complete);
  const auto encoded = [](const LayoutSet& layouts) {
    const auto bytes = encode_message(Message{{LayoutPart{"l1", {}}}, {}}, layouts, {});
    return bytes ? std::to_string(bytes->bytes.size()) : bytes.error();
  };
  CHECK(encoded(most) == "1");
  CHECK(encoded(more) ==
        "`in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in` is nested more than 16 deep");
}

TEST_CASE("the fields in arrays of layouts have no single place", "[expect]") {
  LayoutSet layouts;
  layouts["pair"] = {"pair", {number("a", 1), number("b", 2)}};
  layouts["all"] = {"all",
                    {nested("one", "pair"), counted(nested("many", "pair"), CountFixed{3}),
                     nested("lost", "nowhere")}};
  std::string paths;
  for (const FieldRef& one : list_fields(layouts.at("all"), layouts)) paths += one.path + " ";
  CHECK(paths == "one one.a one.b many lost ");
  CHECK(field_size(layouts.at("all").fields[0], layouts) == 3U);
  CHECK(field_size(layouts.at("all").fields[1], layouts) == 9U);
  CHECK_FALSE(field_size(layouts.at("all").fields[2], layouts));
  CHECK_FALSE(layout_size(layouts.at("all"), layouts));
  CHECK_FALSE(encode_message(Message{{LayoutPart{"all", {}}}, {}}, layouts, {}));
}

TEST_CASE("fields lie one behind the other in what was received", "[expect]") {
  LayoutSet layouts;
  layouts["pair"] = {"pair", {number("a", 1), number("b", 2)}};
  layouts["holder"] = {"holder", {nested("in", "pair"), number("tail", 1)}};
  layouts["two"] = {"two", {counted(nested("in", "pair"), CountFixed{2}), number("tail", 1)}};
  layouts["lost"] = {"lost", {nested("in", "nowhere"), number("tail", 1)}};
  layouts["line"] = {"line", {text("word", CountUntil{{'\n'}}), number("tail", 1)}};
  struct Case {
    const char* layout;
    Bytes bytes;
    std::string expected;
  };
  const std::vector<Case> cases{
      {"pair", {1, 0, 2}, "a@0-1x1 b@1-3x1 ends 3"},
      {"pair", {1, 0}, "a@0-1x1 b@1-2x1! needs 3"},
      {"holder", {1, 0, 2, 9}, "in@0-3x1 in.a@0-1x1 in.b@1-3x1 tail@3-4x1 ends 4"},
      {"holder", {1, 0}, "in@0-2x1! in.a@0-1x1 in.b@1-2x1! needs 3"},
      {"two",
       {1, 0, 2, 3, 0, 4, 9},
       "in@0-6x2 in[0].a@0-1x1 in[0].b@1-3x1 in[1].a@3-4x1 in[1].b@4-6x1 tail@6-7x1 ends 7"},
      {"two",
       {1, 0, 2, 3},
       "in@0-4x2! in[0].a@0-1x1 in[0].b@1-3x1 in[1].a@3-4x1 in[1].b@4-4x1! "
       "needs 6"},
      {"lost", {9}, "in@0-0x1 tail@0-1x1 ends 1"},
      {"line", {'a', 'b', '\n', 9}, "word@0-3x2 tail@3-4x1 ends 4"},
      {"line", {'a', 'b'}, "word@0-2x1! needs 3"}};
  for (const Case& one : cases) {
    CAPTURE(one.layout, one.bytes);
    CHECK(decoded(layouts, one.layout, one.bytes) == one.expected);
  }
  CHECK(decoded(layouts, "pair", {7, 7, 1, 0, 2}, 2) == "a@2-3x1 b@3-5x1 ends 5");
  CHECK(decoded(layouts, "pair", {7, 7, 1, 0}, 2) == "a@2-3x1 b@3-4x1! needs 5");
}

TEST_CASE("what takes the rest ends by a size, a count, or the end of all", "[expect]") {
  LayoutSet layouts;
  const Field data = text("data", CountRest{});
  const Field size = number("n", 1);
  layouts["open"] = {"open", {number("head", 1), counted(number("data", 2), CountRest{})}};
  layouts["sized"] = {"sized", {ruled(size, ValueSizeOf{"data"}), data}};
  layouts["counted"] = {"counted", {ruled(size, ValueCountOf{"data"}), data}};
  layouts["other"] = {"other", {ruled(size, ValueCountOf{"else"}), data}};
  layouts["body"] = {"body", {counted(number("data", 2), CountRest{})}};
  layouts["framed"] = {"framed",
                       {ruled(size, ValueSizeOf{"body"}), nested("body", "body"), number("t", 1)}};
  layouts["by_array"] = {"by_array", {counted(size, CountFixed{2}), text("data", CountField{"n"})}};
  layouts["pair"] = {"pair", {number("a", 1), number("b", 1)}};
  layouts["pairs"] = {"pairs", {counted(nested("p", "pair"), CountRest{})}};
  layouts["in_frame"] = {
      "in_frame", {ruled(size, ValueSizeOf{"body"}), nested("body", "pairs"), number("t", 1)}};
  struct Case {
    const char* layout;
    Bytes bytes;
    std::string expected;
  };
  const std::vector<Case> cases{
      {"open", {9, 0, 1, 0, 2}, "head@0-1x1 data@1-5x2 ends 5 open"},
      {"sized", {2, 'a', 'b', 'c'}, "n@0-1x1 data@1-3x2 ends 3"},
      {"counted", {2, 'a', 'b', 'c'}, "n@0-1x1 data@1-3x2 ends 3"},
      {"other", {2, 'a', 'b', 'c'}, "n@0-1x1 data@1-4x3 ends 4 open"},
      {"framed", {4, 0, 1, 0, 2, 9}, "n@0-1x1 body@1-5x1 body.data@1-5x2 t@5-6x1 ends 6"},
      // only a single number counts
      {"by_array", {1, 1, 'a'}, "n@0-2x2 data@2-2x0 ends 2"},
      {"pairs",
       {1, 2, 3, 4},
       "p@0-4x2 p[0].a@0-1x1 p[0].b@1-2x1 p[1].a@2-3x1 p[1].b@3-4x1 ends 4 open"},
      {"pairs", {}, "p@0-0x0 ends 0 open"},
      {"in_frame",
       {2, 1, 2, 9},
       "n@0-1x1 body@1-3x1 body.p@1-3x1 body.p[0].a@1-2x1 body.p[0].b@2-3x1 t@3-4x1 ends 4"}};
  for (const Case& one : cases) {
    CAPTURE(one.layout, one.bytes);
    CHECK(decoded(layouts, one.layout, one.bytes) == one.expected);
  }
  const DecodedLayout part =
      decode_layout(layouts.at("pairs"), {layouts, {}, {}}, Bytes{1, 2, 3}, 0);
  CHECK_FALSE(part.complete);
  CHECK(part.need == 4);
}

}  // namespace wireproof
