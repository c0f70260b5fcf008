#include "report/safe_text.h"

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>

#include "base/text/bytes.h"

namespace wireproof {

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
  std::string out = escape_control(text);
  // U+FFFE and U+FFFF: good UTF-8, but no XML characters.
  boost::replace_all(out, "\xef\xbf\xbe", "\\xef\\xbf\\xbe");
  boost::replace_all(out, "\xef\xbf\xbf", "\\xef\\xbf\\xbf");
  return out;
}

std::string formula_free(std::string_view text) {
  constexpr std::string_view kBegins = "=+-@\t\r";
  const bool is_formula = !text.empty() && kBegins.find(text.front()) != std::string_view::npos;
  return (is_formula ? "'" : "") + std::string(text);
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
