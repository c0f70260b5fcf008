#include "catch.h"
#include "support/dump_scenario.h"
#include "support/golden.h"

namespace wireproof {
namespace {

// What a sheet is read as: its dump with warnings behind it, or every message about it.
std::string read_sheet(const std::string& text) {
  const SourceText source("input.md", text);
  const auto scenario = parse_scenario("topic/sheet", source, {});
  std::string result = scenario ? dump_scenario(*scenario) : std::string();
  const Diagnostics& diagnostics = scenario ? scenario->warnings : scenario.error();
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!result.empty()) result += "\n";
    result += render_diagnostic(diagnostic, source);
  }
  return result;
}

TEST_CASE("each sheet reads as its golden says", "[scenario]") {
  for (const GoldenCase& item : golden_cases("sheet")) {
    CAPTURE(item.name);
    const std::string actual = read_sheet(read_golden(item.file("input.md")));
    CHECK(actual == expect_golden(item.file("expected.txt"), actual));
  }
}

}  // namespace
}  // namespace wireproof
