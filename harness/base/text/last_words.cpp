#include "base/text/last_words.h"

#include <algorithm>
#include <array>

#include "base/text/words.h"

namespace wireproof {
namespace {

// As Python, Java, Node, Go, Rust and perror() write them.
constexpr std::array<std::string_view, 9> kErrorWords{
    "Error", "Exception", "panic", "error:", "fault", "abort", "in use", "ailed", "denied"};
// Of wireproof's own stop; a stack's lines are no words.
constexpr std::array<std::string_view, 3> kNoWords{"KeyboardInterrupt", "CancelledError",
                                                   "wireproof: "};

bool is_error(std::string_view line) {
  const auto has = [line](std::string_view word) { return line.find(word) != line.npos; };
  const bool is_indented = line.starts_with(' ') || line.starts_with('\t');
  return !is_indented && std::ranges::any_of(kErrorWords, has) &&
         std::ranges::none_of(kNoWords, has);
}

}  // namespace

std::string find_last_words(std::string_view output) {
  std::string_view found;
  while (!output.empty()) {
    const std::size_t end = std::min(output.find('\n'), output.size());
    const std::string_view line = output.substr(0, end);
    if (is_error(line)) found = line;
    output.remove_prefix(std::min(end + 1, output.size()));
  }
  return std::string(trim_text(found));
}

}  // namespace wireproof
