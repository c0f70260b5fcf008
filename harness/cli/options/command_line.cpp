#include "cli/options/command_line.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace wireproof {

namespace {

bool is_plain(char c) {
  constexpr std::string_view kPlain = "_-./:=,@%+";
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         kPlain.find(c) != std::string_view::npos;
}

}  // namespace

std::string quote_for_shell(const std::string& word) {
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return word;
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

CommandLine read_command_line(const std::vector<std::string>& words) {
  CommandLine line;
  line.words = words;
  std::string text;
  for (std::size_t index = 0; index < words.size(); ++index) {
    if (index > 0) text += ' ';
    const std::size_t begin = text.size();
    text += index == 0 ? "wireproof" : quote_for_shell(words[index]);
    line.spans.push_back({begin, text.size()});
  }
  line.source = SourceText("command line", text);
  return line;
}

}  // namespace wireproof
