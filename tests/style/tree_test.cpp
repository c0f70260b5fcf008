#include <iostream>

#include "catch.h"
#include "style/rules.h"

namespace {

using wireproof::style::Findings;
using wireproof::style::SourceFile;

TEST_CASE("the tree keeps the rules of style", "[style]") {
  const std::vector<SourceFile> files =
      wireproof::style::read_tree(WIREPROOF_SOURCE_DIR, {"harness", "servers", "tests"});
  REQUIRE(files.size() > 10);
  Findings findings = wireproof::style::check_built(files);
  const auto add = [&](const Findings& more) {
    findings.insert(findings.end(), more.begin(), more.end());
  };
  for (const SourceFile& file : files) {
    if (file.path.ends_with("CMakeLists.txt")) continue;
    add(wireproof::style::check_form(file));
    add(wireproof::style::check_banned_text(file));
    add(wireproof::style::check_includes(file));
  }
  std::cerr << render_findings(findings);  // not INFO, which breaks the lines
  CHECK(findings.empty());
}

}  // namespace
