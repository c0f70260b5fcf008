#include "expect/field/argument.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>

#include "base/text/pattern.h"

namespace wireproof {
namespace {

constexpr std::size_t kShownBefore = 16;  // bytes shown before the first differing one
constexpr std::size_t kShownBytes = 64;

}  // namespace

std::string fill_placeholders(const std::string& text, const Variables& variables) {
  if (text.find('{') == std::string::npos) return text;
  std::string filled = text;
  for (const char* const name : {"n", "i", "host", "port"}) {
    const auto variable = variables.find(name);
    if (variable == variables.end()) continue;
    boost::replace_all(filled, fmt::format("{{{}}}", name), variable->second);
  }
  return filled;
}

std::string fill_pattern(const std::string& pattern, const Variables& variables) {
  Variables quoted;
  for (const auto& [name, value] : variables) quoted[name] = quote_pattern(value);
  return fill_placeholders(pattern, quoted);
}

std::string render_window(ByteView bytes, std::size_t at) {
  if (at >= bytes.size() && bytes.empty()) return "the end";
  std::size_t begin = at > kShownBytes - kShownBefore ? at - kShownBefore : 0;
  begin = std::min(begin, bytes.size());
  // Not inside a UTF-8 character.
  while (begin > 0 && begin < bytes.size() && (bytes[begin] & 0xc0) == 0x80) --begin;
  return (begin > 0 ? "…" : "") + render_quoted(bytes.subspan(begin), kShownBytes);
}

}  // namespace wireproof
