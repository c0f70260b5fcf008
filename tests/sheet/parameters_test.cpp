#include <regex>

#include "catch.h"
#include "sheet/scenario.h"
#include "sheet/table/packet_cells.h"
#include "sheet/text/fragment.h"

namespace wireproof {
namespace {

std::string filled(const std::string& text, const Parameters& parameters) {
  Problems problems;
  const Fragment result = substitute(make_fragment(text, 0), parameters, problems);
  CHECK_FALSE(problems.has_errors());
  CHECK(result.origins.size() == result.text.size() + 1);
  return result.text;
}

std::string complaint(const std::string& text, const Parameters& parameters) {
  Problems problems;
  substitute(make_fragment(text, 0), parameters, problems);
  const Diagnostics found = problems.take();
  return found.empty() ? "" : found.front().message;
}

constexpr const char* kSheet = R"(---
server: calc
parameters: { framing: length, ops: short }
forms: [framing]
---
# T

## Layout: reply
| Field  | Type | If             |
|--------|------|----------------|
| length | u32  | framing=length |
| result | i32  |                |

## Session
```session
connect
recv reply
close
```

## Packets
| From   | To     | Info       | Len | If               |
|--------|--------|------------|-----|------------------|
| server | client | [PSH, ACK] | 8   | framing=length   |
| server | client | [PSH, ACK] | 4   | framing = {bare} |
)";

std::string lengths(const ParseOptions& options) {
  const auto sheet = parse_scenario("t", SourceText("t.md", kSheet), options);
  if (!sheet) return sheet.error().front().message;
  std::string text = std::to_string(sheet->layouts.at("reply").fields.size()) + " fields";
  for (const auto& [row, place] : sheet->packet_tables.front().rows) {
    text += ", row " + std::to_string(row.number) + ": " + std::to_string(row.length->least);
  }
  return text;
}

}  // namespace

TEST_CASE("a row with a condition is there only where its parameter has that value", "[scenario]") {
  CHECK(lengths({{{"bare", "none"}}, {}, ""}) == "2 fields, row 1: 8");
  CHECK(lengths({{{"bare", "none"}, {"framing", "none"}}, {}, ""}) == "1 fields, row 2: 4");
  CHECK(lengths({}) == "unknown parameter `{bare}`");
}

TEST_CASE("a form is filled into a sheet that says it holds for all of them", "[scenario]") {
  CHECK(lengths({{{"bare", "none"}}, {{"framing", "none"}}, ""}) == "1 fields, row 2: 4");
  const auto sheet =
      parse_scenario("t", SourceText("t.md", kSheet),
                     {{{"bare", "none"}}, {{"framing", "none"}, {"ops", "long"}}, ""});
  REQUIRE(sheet);
  CHECK(sheet->front.parameters.at("framing") == "none");
  CHECK(sheet->front.parameters.at("ops") == "short");
}

TEST_CASE("what is no condition is an error", "[scenario]") {
  std::string text = kSheet;
  for (const std::string wrong : {"framing", "farming=length"}) {
    std::string changed = text;
    changed.replace(changed.find("framing = {bare}"), 16, wrong);
    const auto sheet = parse_scenario("t", SourceText("t.md", changed), {});
    REQUIRE_FALSE(sheet);
    CHECK(sheet.error().front().message == "`" + wrong + "` is no condition");
  }
}

TEST_CASE("a parameter's size is that of its bytes", "[scenario]") {
  const Parameters parameters{{"prefix", "Größe: "}, {"none", ""}};
  CHECK(filled("{size of prefix} + 5", parameters) == "9 + 5");
  CHECK(filled("{size of none}", parameters) == "0");
  CHECK(filled("\"{prefix}\" {size of prefix}", parameters) == "\"Größe: \" 9");
  CHECK(complaint("{size of prefx}", parameters) == "unknown parameter `{prefx}`");
  CHECK(complaint("{size of n}", parameters) == "unknown parameter `{n}`");
  CHECK(filled("{size of } {size}", {{"size", "big"}}) == "{size of } big");
}

TEST_CASE("in a regular expression a parameter's value stands for itself", "[scenario]") {
  const std::string value = "[1+1] (a|b)? {c} /^$\\.*\n";
  const std::string line = filled("recv /^{v}one({v})?two/ within 1s", {{"v", value}});
  CHECK(line.ends_with("/ within 1s"));
  std::string pattern = line.substr(6, line.rfind('/') - 6);
  // What a step reads: a slash inside is written `\/`.
  for (std::size_t at = 0; (at = pattern.find("\\/", at)) != std::string::npos; ++at) {
    pattern.erase(at, 1);
  }
  CHECK(std::regex_match(value + "one" + value + "two", std::regex(pattern)));
  CHECK(std::regex_match(value + "onetwo", std::regex(pattern)));
  CHECK_FALSE(std::regex_match("1onetwo", std::regex(pattern)));
  CHECK(filled("bash: prints /{v}\"{v}/", {{"v", "a.b"}}) == "bash: prints /a\\.b\"a\\.b/");
}

TEST_CASE("a slash that opens no regular expression changes nothing", "[scenario]") {
  CHECK(filled("a / {v}", {{"v", "a.b"}}) == "a / a.b");
  CHECK(filled("recv \"/{v}/\"", {{"v", "a.b"}}) == "recv \"/a.b/\"");
  CHECK(filled("recv /x\\/{v}/ {v}", {{"v", "."}}) == "recv /x\\/\\./ .");
}

TEST_CASE("a length is a number, a range, or a sum of them", "[scenario]") {
  CHECK(parse_length_sum("28") == Range{28, 28});
  CHECK(parse_length_sum("19..20") == Range{19, 20});
  CHECK(parse_length_sum(" 1 .. 9 ") == Range{1, 9});
  CHECK(parse_length_sum("0..18446744073709551615") == Range{0, 18446744073709551615U});
  CHECK(parse_length_sum("6 + 13..14") == Range{19, 20});
  CHECK(parse_length_sum("3 * 6 + 2500") == Range{2518, 2518});
  CHECK(parse_length_sum("2*0..1+1") == Range{1, 3});
  for (const char* const wrong : {"",
                                  "+",
                                  "5 +",
                                  "+ 5",
                                  "5 ++ 6",
                                  "* 5",
                                  "5 *",
                                  "2 * 3 * 4",
                                  "5x",
                                  "6..5",
                                  "-1",
                                  "..",
                                  "1..",
                                  "..9",
                                  "-1..9",
                                  "1...9",
                                  "1..9x",
                                  "0x1",
                                  "1..2..3",
                                  "18446744073709551616",
                                  "6 5",
                                  "18446744073709551615 + 1",
                                  "2 * 18446744073709551615"}) {
    INFO(wrong);
    CHECK_FALSE(parse_length_sum(wrong));
  }
}

}  // namespace wireproof
