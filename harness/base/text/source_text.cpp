#include "base/text/source_text.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/text/code_point.h"

namespace wireproof {

SourceText::SourceText(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    // A line end at the very end of the text begins no further line.
    if (text_[i] == '\n' && i + 1 < text_.size()) line_starts_.push_back(i + 1);
  }
}

Position SourceText::position(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto next = std::ranges::upper_bound(line_starts_, offset);
  const auto line = static_cast<std::size_t>(next - line_starts_.begin());
  const std::size_t start = line_starts_[line - 1];
  const std::string_view text = line_text(line);
  const std::size_t end = std::min(offset - start, text.size());
  std::size_t column = 1;
  for (std::size_t i = 0; i < end; ++column) {
    const std::size_t size = decode_code_point(text, i).size;
    if (i + size > end) break;  // an offset inside a character is at that character
    i += size;
  }
  return {line, column};
}

std::string_view SourceText::line_text(std::size_t line) const {
  const std::size_t start = line_start(line);
  const std::size_t end = line < line_starts_.size() ? line_starts_[line] : text_.size();
  std::string_view text = std::string_view(text_).substr(start, end - start);
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::size_t SourceText::line_start(std::size_t line) const {
  assert(line >= 1);
  assert(line <= line_starts_.size());
  return line_starts_[line - 1];
}

}  // namespace wireproof
