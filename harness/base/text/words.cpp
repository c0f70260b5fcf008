#include "base/text/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace wireproof {

std::string_view trim_text(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  for (text = trim_text(text); !text.empty(); text = trim_text(text)) {
    const auto end = std::ranges::find_if(text, is_blank);
    const auto size = static_cast<std::size_t>(end - text.begin());
    words.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return words;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

std::string counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string enumerate(const std::vector<std::string>& names, std::size_t limit) {
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), limit));
  const std::string named = fmt::format("{}", fmt::join(names.begin(), end, ", "));
  if (names.size() <= limit) return named;
  return fmt::format("{} and {} more", named, names.size() - limit);
}

}  // namespace wireproof
