#include "sheet/text/table_alignment.h"

#include <string>
#include <vector>

#include "catch.h"
#include "sheet/format_sheet.h"
#include "sheet/select/collect.h"
#include "sheet/text/markdown.h"

namespace wireproof {
namespace {

std::string align(const std::string& text) {
  Problems problems;
  std::string aligned = align_tables(SourceText("sheet.md", text), 0, problems);
  CHECK_FALSE(problems.has_errors());
  return aligned;
}

struct AlignCase {
  const char* rule;
  std::string before;
  std::string after;
};

TEST_CASE("a table is aligned and nothing else is touched", "[fmt]") {
  const std::vector<AlignCase> cases{
      {"cells are as wide as the widest of their column", "|From|To|\n|-|-|\n|client|*|\n",
       "| From   | To |\n|--------|----|\n| client | *  |\n"},
      {"bars at the ends are added", "a | b\n--|--\n1 | 2\n", "| a | b |\n|---|---|\n| 1 | 2 |\n"},
      {"marks of alignment stay, and numbers stand right under `--:`",
       "|a|b|c|\n|:-|--:|:-:|\n|1|2|333|\n|1|10|3|\n",
       "| a |  b | c   |\n|:--|---:|:---:|\n| 1 |  2 | 333 |\n| 1 | 10 | 3   |\n"},
      {"an escaped pipe is no border", "|a|b|\n|-|-|\n|x\\|y|z|\n",
       "| a    | b |\n|------|---|\n| x\\|y | z |\n"},
      {"wide characters count twice, combining ones not at all",
       "|a|b|\n|-|-|\n|日本|z|\n|o\u0308|z|\n",
       "| a    | b |\n|------|---|\n| 日本 | z |\n| o\u0308    | z |\n"},
      {"German headings", "|Quelle|Länge|\n|-|-|\n|63671|4|\n",
       "| Quelle | Länge |\n|--------|-------|\n| 63671  | 4     |\n"},
      {"missing cells are made, further ones kept", "|a|b|\n|-|-|\n|1|\n|1|2|3|\n",
       "| a | b |\n|---|---|\n| 1 |   |\n| 1 | 2 | 3 |\n"},
      {"prose and fences stay", "a  |  b\n\n```\n|a|b|\n|-|-|\n```\n", ""},
      {"a line without a bar below a table stays", "|a|b|\n|-|-|\n|1|2|\nand   prose\n",
       "| a | b |\n|---|---|\n| 1 | 2 |\nand   prose\n"},
      {"line ends stay, also where the last has none", "|a|b|\r\n|-|-|\r\n|11|2|",
       "| a  | b |\r\n|----|---|\r\n| 11 | 2 |"},
      {"blanks behind a row go", "|a|\n|-|\n|1|  \n", "| a |\n|---|\n| 1 |\n"},
      {"a quote's marks stay", "> |a|b|\n> |-|-|\n>|22|2|\n",
       "> | a  | b |\n> |----|---|\n>| 22 | 2 |\n"},
      {"a table in a list", "- |a|b|\n  |-|-|\n   |22|2|\n",
       "- | a  | b |\n  |----|---|\n   | 22 | 2 |\n"},
      {"rows are indented as their heading", "  |a|b|\n|-|-|\n |22|2|\n",
       "  | a  | b |\n  |----|---|\n  | 22 | 2 |\n"},
      {"a line of prose right above a table is none of its lines",
       "pro  se\n|a|b|\n|-|-|\n|22|2|\n", "pro  se\n| a  | b |\n|----|---|\n| 22 | 2 |\n"},
      {"an escaped pipe in front", "\\|a|b\n-|-\n", "| \\|a | b |\n|-----|---|\n"},
      {"behind a byte order mark", "\ufeff|a|b|\n|-|-|\n|22|2|\n",
       "\ufeff| a  | b |\n|----|---|\n| 22 | 2 |\n"},
  };
  for (const auto& [rule, before, after] : cases) {
    CAPTURE(rule);
    const std::string aligned = align(before);
    CHECK(aligned == (after.empty() ? before : after));
    CHECK(align(aligned) == aligned);
  }
}

TEST_CASE("a table that would grow beyond a sheet's size is refused", "[fmt]") {
  std::string text = "|a|b|\n|-|-|\n|" + std::string(300'000, 'x') + "|y|\n";
  for (int row = 0; row < 20; ++row) text += "|1|2|\n";
  const auto formatted = format_sheet(SourceText("sheet.md", text));
  REQUIRE_FALSE(formatted);
  CHECK(formatted.error().front().message == "this table would be too large when it is aligned");
}

TEST_CASE("the sheets of the repository are aligned, but for the one that is a note's copy",
          "[fmt]") {
  const std::filesystem::path root(WIREPROOF_SOURCE_DIR);
  const std::vector<std::filesystem::path> roots{root / "scenarios", root / "docs/examples"};
  for (const SheetFile& sheet : collect_sheets(roots)) {
    const SourceText source = read_sheet_file(sheet.path);
    if (sheet.id == "calc/lokale-kommunikation") continue;
    CAPTURE(source.name());
    const auto formatted = format_sheet(source);
    REQUIRE(formatted);
    CHECK(*formatted == source.text());
  }
}

}  // namespace
}  // namespace wireproof
