#include "report/safe_text.h"

#include <algorithm>

#include "base/text/bytes.h"

namespace wireproof {
namespace {

// U+FFFE and U+FFFF: good UTF-8, but no XML characters.
constexpr std::string_view kNonCharacterPrefix = "\xef\xbf";

bool is_non_character(std::string_view text) {
  return text.starts_with(kNonCharacterPrefix) && text.size() > 2 &&
         (text[2] == '\xbe' || text[2] == '\xbf');
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line = escape_control(text);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return line;
}

std::string markdown_text(std::string_view text) {
  constexpr std::string_view kSpecial = "\\`*_<>&~#";
  std::string escaped;
  for (const char c : one_line(text)) {
    if (kSpecial.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string xml_text(std::string_view text) {
  const std::string shown = escape_control(text);
  std::string out;
  for (std::string_view rest = shown; !rest.empty();) {
    if (is_non_character(rest)) {
      out += rest[2] == '\xbe' ? "\\xef\\xbf\\xbe" : "\\xef\\xbf\\xbf";
      rest.remove_prefix(3);
    } else {
      out += rest.front();
      rest.remove_prefix(1);
    }
  }
  return out;
}

std::string indented(const std::string& text, const std::string& prefix) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += prefix + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return out;
}

}  // namespace wireproof
