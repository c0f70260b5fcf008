#include "scenario/fragment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

namespace wireproof {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_name_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool is_name_char(char c) {
  return is_name_start(c) || c == '-' || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// The name of a `{name}` that begins at `open`, or nothing.
std::optional<std::string_view> braced_name(std::string_view text, std::size_t open) {
  std::size_t end = open + 1;
  if (end >= text.size() || !is_name_start(text[end])) return std::nullopt;
  while (end < text.size() && is_name_char(text[end])) ++end;
  if (end >= text.size() || text[end] != '}') return std::nullopt;
  return text.substr(open + 1, end - open - 1);
}

void append(Fragment& target, std::string_view text, std::size_t origin) {
  target.text += text;
  target.origins.insert(target.origins.end(), text.size(), origin);
}

std::string escape_quoted(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// What only a run can fill in.
bool is_known_in_a_run(std::string_view name) {
  return name == "n" || name == "i" || name == "host" || name == "port";
}

std::vector<std::string> names_of(const Parameters& parameters) {
  std::vector<std::string> names;
  for (const auto& [name, value] : parameters) names.push_back(name);
  return names;
}

void report_unknown(Span span, std::string_view name, const Parameters& parameters,
                    Problems& problems) {
  std::string help = suggest_name(name, names_of(parameters));
  if (help.empty()) help = "declare it under `parameters` in the front matter";
  problems.error(span, fmt::format("unknown parameter `{{{}}}`", name), help);
}

}  // namespace

Span Fragment::span(std::size_t begin, std::size_t end) const {
  return {origins[begin], origins[std::max(begin, end)]};
}

Fragment make_fragment(std::string_view text, std::size_t offset) {
  Fragment fragment;
  fragment.text = std::string(text);
  for (std::size_t i = 0; i <= text.size(); ++i) fragment.origins.push_back(offset + i);
  return fragment;
}

Fragment part_of(const Fragment& fragment, std::size_t begin, std::size_t end) {
  Fragment part;
  part.text = fragment.text.substr(begin, end - begin);
  const auto first = fragment.origins.begin();
  part.origins.assign(first + static_cast<std::ptrdiff_t>(begin),
                      first + static_cast<std::ptrdiff_t>(end) + 1);
  return part;
}

Fragment trim(const Fragment& fragment) {
  std::size_t begin = 0;
  std::size_t end = fragment.text.size();
  while (begin < end && is_blank(fragment.text[begin])) ++begin;
  while (end > begin && is_blank(fragment.text[end - 1])) --end;
  return part_of(fragment, begin, end);
}

std::string_view trim_text(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

Fragment strip_backticks(const Fragment& fragment) {
  std::size_t begin = 0;
  std::size_t end = fragment.text.size();
  while (end - begin >= 2 && fragment.text[begin] == '`' && fragment.text[end - 1] == '`') {
    ++begin;
    --end;
  }
  return trim(part_of(fragment, begin, end));
}

Fragment substitute(const Fragment& fragment, const Parameters& parameters, Problems& problems) {
  if (fragment.text.find('{') == std::string::npos) return fragment;
  Fragment result;
  bool quoted = false;
  const std::string_view text = fragment.text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = quoted && text[i] == '\\' && i + 1 < text.size();
    const auto name = text[i] == '{' ? braced_name(text, i) : std::nullopt;
    const auto found = name ? parameters.find(std::string(*name)) : parameters.end();
    if (name && (found != parameters.end() || !is_known_in_a_run(*name))) {
      if (found != parameters.end()) {
        append(result, quoted ? escape_quoted(found->second) : found->second, fragment.origins[i]);
      } else {
        report_unknown(fragment.span(i, i + name->size() + 2), *name, parameters, problems);
      }
      i += name->size() + 1;
      continue;
    }
    if (text[i] == '"') quoted = !quoted;
    append(result, text.substr(i, 1), fragment.origins[i]);
    if (escape) {
      ++i;
      append(result, text.substr(i, 1), fragment.origins[i]);
    }
  }
  result.origins.push_back(fragment.origins.back());
  return result;
}

}  // namespace wireproof
