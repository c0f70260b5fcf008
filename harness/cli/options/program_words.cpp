#include "cli/options/program_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace wireproof {

SplitLine split_at_dashes(const CommandLine& line) {
  SplitLine split{line, {}};
  const auto dashes = std::ranges::find(line.words, "--");
  if (dashes == line.words.end()) return split;
  const auto count = static_cast<std::size_t>(dashes - line.words.begin());
  split.program.assign(dashes + 1, line.words.end());
  split.own.words.resize(count);
  split.own.spans.resize(count);
  return split;
}

std::string shell_command(const std::vector<std::string>& program) {
  if (program.size() == 1) return program.front();
  std::vector<std::string> words;
  for (const std::string& word : program) words.push_back(quote_for_shell(word));
  return fmt::format("{}", fmt::join(words, " "));
}

std::string render_again(const SplitLine& split) {
  std::string text = "wireproof";
  const std::vector<std::string>& words = split.own.words;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].starts_with("--only=")) continue;
    if (words[i] == "--only" || words[i] == "--pcap-keep") {
      ++i;
      continue;
    }
    text += " " + quote_for_shell(words[i]);
  }
  text += " --only {sheet} --pcap-keep always";
  if (!split.program.empty()) text += " --";
  for (const std::string& word : split.program) text += " " + quote_for_shell(word);
  return text;
}

}  // namespace wireproof
