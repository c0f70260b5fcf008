#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof {

// Texts as words, whatever they are about.

// What separates words inside a line; `is_space` also what ends one. ASCII, whatever the locale.
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}
constexpr bool is_space(char c) {
  return is_blank(c) || c == '\n';
}

// Without the space at both ends.
std::string_view trim_text(std::string_view text);
// What stands between spaces, from the front on.
std::vector<std::string_view> split_words(std::string_view text);

// A to Z alone; all other bytes stay.
std::string lower_case(std::string_view text);

// The number that is all of a text; nothing where it is none or does not fit. Of a whole number, a
// base other than 10 may follow.
template <class Number, class... Base>
std::optional<Number> parse_number(std::string_view text, Base... base) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, base...);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

// What each of several things calls its `name`.
template <class Items>
std::vector<std::string> list_names(const Items& items) {
  std::vector<std::string> names;
  for (const auto& item : items) names.emplace_back(item.name);
  return names;
}

// Adds a name that is not among them yet.
void add_once(std::vector<std::string>& names, const std::string& name);

// "1 byte", "2 bytes".
std::string counted(std::size_t count, const std::string& noun);

// The first `limit` names: "calc/a, calc/b and 3 more".
std::string enumerate(const std::vector<std::string>& names, std::size_t limit);

}  // namespace wireproof
