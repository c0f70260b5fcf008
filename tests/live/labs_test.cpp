#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "support/program.h"

namespace wireproof {
namespace {

const std::filesystem::path kSource = WIREPROOF_SOURCE_DIR;

struct Page {
  std::string name;
  std::string text;
};

std::vector<Page> read_pages() {
  std::vector<Page> pages;
  for (const auto& entry : std::filesystem::directory_iterator(kSource / "docs" / "labs")) {
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    pages.push_back({entry.path().filename().string(), text.str()});
  }
  return pages;
}

// The first group of every match.
std::set<std::string> find_all(const std::string& text, const std::string& expression) {
  const std::regex pattern(expression);
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    found.insert(match->str(1));
  }
  return found;
}

// Words between blanks; 'single quotes' hold one together, as in a shell.
std::vector<std::string> split_words(const std::string& line) {
  std::vector<std::string> words;
  const std::regex pattern("'([^']*)'|([^ ]+)");
  for (std::sregex_iterator match(line.begin(), line.end(), pattern), end; match != end; ++match) {
    words.push_back((*match)[1].matched ? match->str(1) : match->str(2));
  }
  return words;
}

// These wait for a peer or for Ctrl-C.
bool waits(const std::string& command) {
  return command == "serve" || command == "talk";
}

}  // namespace

TEST_CASE("every sheet and folder that a page about a lab note names is there", "[live]") {
  const std::vector<Page> pages = read_pages();
  REQUIRE(pages.size() == 6);
  std::size_t count = 0;
  for (const Page& page : pages) {
    for (const std::string& path : find_all(page.text, "(scenarios/[a-z0-9/-]+(\\.md)?)")) {
      INFO(page.name << ": " << path);
      CHECK(std::filesystem::exists(kSource / path));
      ++count;
    }
    for (const std::string& link : find_all(page.text, "\\]\\(([a-z0-9./-]+)[)#]")) {
      INFO(page.name << ": " << link);
      CHECK(std::filesystem::exists(kSource / "docs" / "labs" / link));
    }
  }
  CHECK(count > 50);
}

TEST_CASE("every command that a page about a lab note shows works as it is typed", "[live]") {
  std::set<std::string> commands;
  for (const Page& page : read_pages()) {
    commands.merge(find_all(page.text, "\n\\$ (?:printf [^|]*\\| )?wireproof ([^\n]*)"));
  }
  CHECK(commands.size() > 20);
  for (const std::string& command : commands) {
    const std::vector<std::string> words = split_words(command);
    if (waits(words.at(0))) continue;
    const ProgramResult result = run_wireproof(kSource, words);
    INFO("wireproof " << command << "\n" << result.out << result.error);
    CHECK(result.exit_code == 0);
  }
}

TEST_CASE("every server that a page about a lab note starts is one", "[live]") {
  for (const Page& page : read_pages()) {
    for (const std::string& server : find_all(page.text, "wireproof serve ([a-z-]+)")) {
      const ProgramResult result = run_wireproof(kSource, {"servers", server});
      INFO(page.name << ": " << result.error);
      CHECK(result.exit_code == 0);
    }
  }
}

}  // namespace wireproof
