#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "catch.h"
#include "cli/options/server_table.h"
#include "result/explanation.h"
#include "sheet/lint.h"
#include "sheet/problems/problem_pages.h"
#include "sheet/server_description.h"
#include "support/golden.h"

namespace wireproof {
namespace {

const std::filesystem::path kRoot = WIREPROOF_SOURCE_DIR;

// The names of ProblemCode in the order of the header.
std::vector<std::string> enumerators() {
  const std::string header = read_golden(kRoot / "harness/sheet/text/problem_code.h");
  const std::regex one(R"(\n  (\w+) = (\d+),)");
  std::vector<std::string> names;
  for (std::sregex_iterator i(header.begin(), header.end(), one), end; i != end; ++i) {
    names.push_back((*i)[1]);
  }
  return names;
}

// All sources that may say a problem: those of harness but the pages.
std::string sources_that_tell() {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / "harness")) {
    const bool is_page = entry.path().parent_path().filename() == "problems";
    if (!entry.is_regular_file() || is_page) continue;
    all += read_golden(entry.path());
  }
  return all;
}

// An example with what a sheet needs besides.
std::string whole_sheet(ExampleKind kind, std::string_view example) {
  constexpr std::string_view kSession =
      "## Session\n\n```session\nconnect\nsend \"Hello\"\nrecv \"Hello\"\n```\n\n";
  constexpr std::string_view kMeasures =
      "\n## Measures\n\n| Measure | Expected |\n|---|---|\n| packets | 1..100 |\n";
  const std::string front = "---\nserver: echo-text\n---\n# Title\n\n";
  const auto has = [&](std::string_view part) { return example.find(part) != example.npos; };
  switch (kind) {
    case ExampleKind::sheet:
    case ExampleKind::description:
      return std::string(example);
    case ExampleKind::front_matter:
      return fmt::format("---\n{}---\n# Title\n\n{}{}", example, kSession, kMeasures);
    case ExampleKind::session:
      return fmt::format("{}## Session\n\n```session\n{}```\n{}", front, example, kMeasures);
    case ExampleKind::sections:
      return fmt::format("{}{}{}{}", front, has("## Session") ? "" : kSession, example,
                         has("| Measure |") ? "" : kMeasures);
  }
  return "";
}

Expected<Bytes, std::string> read_page(const std::string& name) {
  if (name == "page.html") return Bytes{'h', 'i'};
  return Unexpected<std::string>("there is no " + name);
}

Diagnostics find_problems(ExampleKind kind, std::string_view example) {
  const SourceText source("example", whole_sheet(kind, example));
  if (kind == ExampleKind::description) {
    const auto server = parse_server_description(source, explanation_names());
    return server ? Diagnostics{} : server.error();
  }
  ParseOptions options;
  options.read_file = read_page;
  const auto scenario = parse_scenario("example", source, options);
  if (!scenario) return scenario.error();
  Diagnostics found = scenario->warnings;
  for (const Diagnostics& more : {check_server(*scenario), lint_scenario(*scenario)}) {
    found.insert(found.end(), more.begin(), more.end());
  }
  return found;
}

std::string render_all(ExampleKind kind, std::string_view example) {
  const SourceText source("example", whole_sheet(kind, example));
  std::string text;
  for (const Diagnostic& one : find_problems(kind, example)) text += render_diagnostic(one, source);
  return text;
}

}  // namespace

TEST_CASE("each code has one page, in the order of the numbers", "[explain]") {
  const auto& pages = problem_pages();
  std::set<ProblemCode> codes;
  for (const ProblemPage& page : pages) {
    CAPTURE(page.title);
    CHECK(codes.insert(page.code).second);
    CHECK(find_problem_page(render_code(page.code)) == &page);
  }
  CHECK(std::ranges::is_sorted(pages, {}, &ProblemPage::code));
  CHECK(codes.size() == enumerators().size());
}

TEST_CASE("each code is one of a message", "[explain]") {
  const std::string sources = sources_that_tell();
  for (const std::string& name : enumerators()) {
    CAPTURE(name);
    CHECK(sources.find("ProblemCode::" + name) != std::string::npos);
  }
}

TEST_CASE("what is first wrong in the wrong example of a page has its code", "[explain]") {
  for (const ProblemPage& page : problem_pages()) {
    if (page.wrong.empty()) continue;
    INFO(render_code(page.code) << "\n" << render_all(page.kind, page.wrong));
    const Diagnostics found = find_problems(page.kind, page.wrong);
    REQUIRE_FALSE(found.empty());
    CHECK(found.front().code == page.code);
  }
}

TEST_CASE("the right example of a page is right", "[explain]") {
  for (const ProblemPage& page : problem_pages()) {
    INFO(render_code(page.code) << "\n" << render_all(page.kind, page.right));
    if (!page.wrong.empty()) CHECK(find_problems(page.kind, page.right).empty());
    CHECK(page.right.empty() == page.wrong.empty());
  }
}

TEST_CASE("only what no short example can show, or only a command says, has none", "[explain]") {
  std::vector<std::string> without;
  for (const ProblemPage& page : problem_pages()) {
    if (page.wrong.empty()) without.push_back(render_code(page.code));
  }
  CHECK(without == std::vector<std::string>{"WP0101", "WP0102", "WP0210", "WP0215", "WP0327"});
}

TEST_CASE("a code is found in any case, and by its number alone", "[explain]") {
  REQUIRE(find_problem_page("WP0203") != nullptr);
  CHECK(find_problem_page("wp0203") == find_problem_page("WP0203"));
  CHECK(find_problem_page("203") == find_problem_page("WP0203"));
  for (const char* const none : {"WP0200", "", "WP", "WP0203x", "-203", "99999999", "0"}) {
    CAPTURE(none);
    CHECK(find_problem_page(none) == nullptr);
  }
}

TEST_CASE("docs/codes.md is what explain --all prints", "[explain]") {
  const std::string actual = render_problem_pages();
  CHECK(actual == expect_golden(kRoot / "docs/codes.md", actual));
}

}  // namespace wireproof
