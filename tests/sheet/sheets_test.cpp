#include "catch.h"
#include "sheet/scenario.h"
#include "sheet/select/collect.h"

namespace wireproof {
namespace {

TEST_CASE("every sheet of the repository reads without errors or warnings", "[scenario]") {
  const std::vector<std::filesystem::path> roots{std::filesystem::path(WIREPROOF_SOURCE_DIR) /
                                                 "scenarios"};
  const std::vector<SheetFile> sheets = collect_sheets(roots);
  REQUIRE_FALSE(sheets.empty());
  for (const SheetFile& sheet : sheets) {
    const SourceText source = read_sheet_file(sheet.path);
    const auto scenario = parse_scenario(sheet.id, source, {});
    std::string messages;
    for (const Diagnostic& item : scenario ? scenario->warnings : scenario.error()) {
      messages += render_diagnostic(item, source);
    }
    CAPTURE(sheet.id);
    CHECK(messages == "");
    CHECK(source.text().find("\nlevel: ") != std::string::npos);  // none by the way
  }
}

}  // namespace
}  // namespace wireproof
