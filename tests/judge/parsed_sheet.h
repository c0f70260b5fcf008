#pragma once

#include <string>

#include "catch.h"
#include "sheet/scenario.h"

namespace wireproof {

// The sheet "test/one" of that text, which must parse.
inline Scenario parse_sheet(const std::string& text) {
  auto parsed = parse_scenario("test/one", SourceText("test/one.md", text), {});
  if (!parsed) {
    for (const Diagnostic& diagnostic : parsed.error()) UNSCOPED_INFO(diagnostic.message);
    FAIL("the sheet does not parse");
  }
  return *std::move(parsed);
}

}  // namespace wireproof
