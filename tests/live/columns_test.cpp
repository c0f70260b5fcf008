#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/utf8.h"
#include "catch.h"
#include "support/program.h"

namespace wireproof {
namespace {

constexpr std::size_t kColumns = 80;

// The first line of a text that takes more; empty: none does.
std::string find_long_line(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    std::size_t width = 0;
    for (std::size_t at = 0; at < line.size();) {
      const CodePoint point = decode_code_point(line, at);
      width += point.valid ? display_width(point.value) : 1;
      at += point.size;
    }
    if (width > kColumns) return std::string(line);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return "";
}

}  // namespace

TEST_CASE("what a command prints for people fits the terminal's columns", "[live]") {
  using Words = std::vector<std::string>;
  const std::string capture = kSourceTree / "tests/golden/cli/check-one-cause/sheet.pcap";
  const Words words = GENERATE_COPY(
      Words{"--help"}, Words{"servers"}, Words{"servers", "calc"}, Words{"list"},
      Words{"verify", "--help"}, Words{"table", "--help"}, Words{"doctor"},
      Words{"explain", "WP0105"}, Words{"lint"}, Words{"layout", "struct \"!BLL20s\""},
      Words{"layout", "scenarios/calc/restart.md", "request"},
      Words{"run", "scenarios/calc/restart.md", "--verbose"},
      Words{"verify", "echo-text", "--verbose", "--level", "robust", "127.0.0.1:9"},
      Words{"selftest", "print-udp"}, Words{"table", capture}, Words{"table", capture, "--explain"},
      Words{"table", capture, "--story"}, Words{"table", capture, "--summary"});
  const ProgramResult run = run_wireproof(kSourceTree, words, {"COLUMNS=80"});
  INFO(words.front() << ": " << run.error);
  CHECK_FALSE(run.out.empty());
  CHECK(find_long_line(run.out).empty());
}

}  // namespace wireproof
