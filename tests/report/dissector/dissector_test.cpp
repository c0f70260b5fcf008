#include "report/dissector/dissector.h"

#include "catch.h"

namespace wireproof {
namespace {

using Catch::Matchers::Contains;

Field number_field(const std::string& name, std::size_t size) {
  Field field;
  field.name = name;
  field.type = FieldType::unsigned_integer;
  field.size = size;
  return field;
}

// Up to where it is the same for all layouts.
std::string script_of(const Layout& layout, const LayoutSet& layouts = {},
                      const DissectorPorts& ports = {}) {
  const auto script = render_dissector(layout, layouts, ports);
  if (!script) return "refused: " + script.error();
  return script->substr(0, script->find("protocol.fields"));
}

}  // namespace

TEST_CASE("a dissector has a field for each field, of its width and with its names", "[report]") {
  Field kind = number_field("Kind", 1);
  kind.names = {{"query", std::uint64_t{0}}, {"reply", std::uint64_t{1}}};
  kind.meaning = "what it is";
  Field id = number_field("id", 8);
  const std::string script = script_of({"request", {kind, id}});
  CHECK_THAT(script,
             Contains("ProtoField.new(\"Kind\", \"wireproof_request.kind\", ftypes.UINT8, "
                      "{ [0] = \"query\", [1] = \"reply\" }, base.DEC, 0, \"what it is\")"));
  CHECK_THAT(script,
             Contains("ProtoField.new(\"id\", \"wireproof_request.id\", ftypes.UINT64, nil, "
                      "base.DEC, 0, nil)"));
}

TEST_CASE("a dissector is registered for the ports that are known", "[report]") {
  const Layout layout{"a", {number_field("x", 1)}};
  CHECK_THAT(script_of(layout), Contains("[\"tcp.port\"] = 0, [\"udp.port\"] = 0 }"));
  CHECK_THAT(script_of(layout, {}, {std::nullopt, std::uint16_t{53}}),
             Contains("[\"tcp.port\"] = 0, [\"udp.port\"] = 53 }"));
}

TEST_CASE("names and texts of a sheet are nothing but strings in a dissector", "[report]") {
  Field field = number_field("a\"\n]]--\\\x01\xc3\xa9", 1);
  field.meaning = "\"..os.exit()..\"\r";
  const std::string script = script_of({"x\ny\"z", {field}});
  CHECK_THAT(script, Contains("\"a\\034\\010]]--\\092\\001\\195\\169\""));
  CHECK_THAT(script, Contains("\"wireproof_x_y_z.a__________\""));
  CHECK_THAT(script, Contains("\"\\034..os.exit()..\\034\\013\""));
  CHECK_THAT(script, Contains("of the layout \"x\\010y\\034z\", written"));
}

TEST_CASE("numbers that Lua does not hold are Wireshark's", "[report]") {
  Field field = number_field("x", 8);
  field.rule = ValueOneOf{{(std::uint64_t{1} << 53), ~std::uint64_t{0}}};
  CHECK_THAT(script_of({"a", {field}}),
             Contains("allowed = { 9007199254740992, UInt64.new(\"18446744073709551615\") }"));
}

TEST_CASE("fields of one path in the cases of a choice are one where they are alike", "[report]") {
  const LayoutSet layouts = {{"one", {"one", {number_field("v", 2)}}},
                             {"two", {"two", {number_field("v", 2)}}},
                             {"three", {"three", {number_field("v", 4)}}}};
  Field choice;
  choice.name = "body";
  choice.type = FieldType::choice;
  choice.chosen_by = "kind";
  for (const char* const name : {"one", "two", "three"}) {
    Field field;
    field.name = "body";
    field.type = FieldType::layout;
    field.layout = name;
    choice.cases.push_back({Literal{std::to_string(choice.cases.size()), false}, field});
  }
  const std::string script = script_of({"a", {number_field("kind", 1), choice}}, layouts);
  CHECK_THAT(script, Contains("protofields[4] = ProtoField.new(\"v\", \"wireproof_a.body.v_2\", "
                              "ftypes.UINT32"));
  CHECK_THAT(script, !Contains("protofields[5]"));
}

TEST_CASE("a layout in itself is one shape", "[report]") {
  Field next;
  next.name = "next";
  next.type = FieldType::layout;
  next.layout = "a";
  next.conditions = {{"more", Comparison::not_equal, {"0", false}}};
  const LayoutSet layouts = {{"a", {"a", {number_field("more", 1), next}}}};
  const std::string script = script_of(layouts.at("a"), layouts);
  CHECK_THAT(script, Contains("shape = 1"));
  CHECK_THAT(script, !Contains("shapes[2]"));
}

TEST_CASE("what no dissector can show is refused, and why", "[report]") {
  CHECK(script_of({"empty", {}}) ==
        "refused: the layout `empty` cannot be a dissector: it has no bytes");
  Field user = number_field("user", 1);
  user.conditions = {{"has_user", Comparison::not_equal, {"0", false}}};
  CHECK(script_of({"part", {user}}) ==
        "refused: the layout `part` cannot be a dissector: `has_user` stands in a layout around "
        "it; name that one");
  Field counted = number_field("x", 1);
  counted.is_array = true;
  counted.count = CountOf{number_expression((WideNumber{1} << 53) + 1)};
  CHECK(script_of({"far", {counted}}) ==
        "refused: the layout `far` cannot be a dissector: an expression has the number "
        "9007199254740993, and Lua holds none beyond 2^53");
}

TEST_CASE("a layout that spreads over too many fields is refused", "[report]") {
  LayoutSet layouts = {{"l0", {"l0", {number_field("v", 1)}}}};
  for (int depth = 1; depth < 10; ++depth) {
    Layout layout{"l" + std::to_string(depth), {}};
    for (const char* const name : {"a", "b", "c", "d"}) {
      Field field;
      field.name = name;
      field.type = FieldType::layout;
      field.layout = "l" + std::to_string(depth - 1);
      layout.fields.push_back(field);
    }
    layouts[layout.name] = layout;
  }
  CHECK(script_of(layouts.at("l9"), layouts) ==
        "refused: the layout `l9` cannot be a dissector: with the layouts in it, it has more than "
        "20000 fields");
}

}  // namespace wireproof
