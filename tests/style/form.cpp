#include <algorithm>
#include <string>

#include "style/rules.h"

namespace wireproof::style {
namespace {

// UTF-8: every byte but a continuation byte begins a code point.
std::size_t count_columns(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }));
}

std::string too_many(std::string_view what, std::size_t count, std::size_t most) {
  return std::to_string(count) + " " + std::string(what) + ", use at most " + std::to_string(most);
}

}  // namespace

Findings check_form(const SourceFile& file) {
  Findings findings;
  const auto report = [&](std::size_t line, std::string message) {
    findings.push_back({file.path, line, std::move(message)});
  };
  const std::vector<std::string_view> lines = split_lines(file.text);
  const std::size_t most_lines = is_header(file) ? kMaxHeaderLines : kMaxFileLines;
  if (lines.size() > most_lines)
    report(most_lines + 1, too_many("lines", lines.size(), most_lines));
  for (std::size_t index = 0; index < lines.size(); ++index) {
    const std::size_t columns = count_columns(lines[index]);
    if (columns > kMaxColumns) report(index + 1, too_many("columns", columns, kMaxColumns));
    if (lines[index].find('\t') != std::string_view::npos) report(index + 1, "tab, use spaces");
  }
  if (!file.text.ends_with('\n')) report(lines.size(), "no line end at the end, use one");
  if (is_header(file) && std::ranges::count(lines, std::string_view("#pragma once")) != 1) {
    report(1, "header without include guard, use one line `#pragma once`");
  }
  return findings;
}

}  // namespace wireproof::style
