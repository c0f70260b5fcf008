#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "style/rules.h"

namespace wireproof::style {
namespace {

enum class Where { code, line_start, whole_text, headers };

struct BannedText {
  std::string_view text;  // whole words
  Where where;
  std::string_view message;
};

constexpr std::string_view kNoSleep = "sleep in place of a barrier, use the event waited for";
constexpr std::string_view kNoNote = "a note to do it later, use the time to do it";

// Written in two halves where the whole text is searched: this file is searched too.
constexpr std::array kBanned = {
    BannedText{"using namespace", Where::line_start,
               "`using namespace` outside a function, use whole names"},
    BannedText{"using namespace", Where::headers, "`using namespace` in a header, use whole names"},
    BannedText{"TO"
               "DO",
               Where::whole_text, kNoNote},
    BannedText{"FIX"
               "ME",
               Where::whole_text, kNoNote},
    BannedText{"sleep_for", Where::code, kNoSleep},
    BannedText{"sleep_until", Where::code, kNoSleep},
    BannedText{"nanosleep", Where::code, kNoSleep},
    BannedText{"usleep", Where::code, kNoSleep},
    BannedText{"sleep(", Where::code, kNoSleep},
    BannedText{"NDEBUG", Where::code, "assertions that depend on the build, use plain `assert`"},
};

// A file in which a stretch of time is itself what is asked for, and why.
struct SleepAllowed {
  std::string_view path;
  std::string_view reason;
};
constexpr std::array kSleepAllowed = {
    SleepAllowed{"harness/play/stage/stage_server.cpp", "`server: idle` measures CPU over a time"},
};

bool may_sleep(const std::string& path) {
  return std::ranges::find(kSleepAllowed, path, &SleepAllowed::path) != kSleepAllowed.end();
}

bool has_words(std::string_view line, std::string_view words) {
  for (std::size_t at = line.find(words); at != std::string_view::npos;
       at = line.find(words, at + 1)) {
    const std::size_t end = at + words.size();
    const bool begins = at == 0 || !is_word(line[at - 1]);
    const bool ends = !is_word(words.back()) || end == line.size() || !is_word(line[end]);
    if (begins && ends) return true;
  }
  return false;
}

bool is_hit(const BannedText& banned, std::string_view line) {
  return banned.where == Where::line_start ? line.starts_with(banned.text)
                                           : has_words(line, banned.text);
}

// g++ 12 miscompiles aggregates, lambdas with captures and designated initialisers inside a
// co_await expression to a double free.
void check_await(const SourceFile& file, std::string_view code, Findings& findings) {
  constexpr std::string_view kAwait = "co_await";
  for (std::size_t at = code.find(kAwait); at != std::string_view::npos;
       at = code.find(kAwait, at + kAwait.size())) {
    const std::size_t stop = code.find_first_of("{;", at);
    if (stop == std::string_view::npos || code[stop] == ';') continue;
    findings.push_back({file.path, split_lines(code.substr(0, at + 1)).size(),
                        "`{` between `co_await` and `;`, use a local named before"});
  }
}

void check_name(const SourceFile& file, Findings& findings) {
  const std::string name = file.path.substr(file.path.rfind('/') + 1);
  if (name != "util.h" && name != "common.h") return;
  findings.push_back({file.path, 1, "`" + name + "` says nothing, use the name of its one idea"});
}

}  // namespace

Findings check_banned_text(const SourceFile& file) {
  Findings findings;
  check_name(file, findings);
  const std::string code = blank_comments_and_literals(file.text);
  const std::vector<std::string_view> code_lines = split_lines(code);
  const std::vector<std::string_view> text_lines = split_lines(file.text);
  for (const BannedText& banned : kBanned) {
    if (banned.where == Where::headers && !is_header(file)) continue;
    if (banned.where == Where::line_start && is_header(file)) continue;
    if (banned.message == kNoSleep && may_sleep(file.path)) continue;
    const auto& lines = banned.where == Where::whole_text ? text_lines : code_lines;
    for (std::size_t index = 0; index < lines.size(); ++index) {
      if (!is_hit(banned, lines[index])) continue;
      findings.push_back({file.path, index + 1, std::string(banned.message)});
    }
  }
  check_await(file, code, findings);
  return findings;
}

}  // namespace wireproof::style
