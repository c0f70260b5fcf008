#include "base/text/fold.h"

#include <algorithm>

#include "base/text/utf8.h"

namespace wireproof {
namespace {

// A character, or a sequence that only sets the colour.
struct Glyph {
  std::size_t size = 0;     // bytes
  std::size_t columns = 0;  // of the terminal
};

Glyph read_glyph(std::string_view text) {
  if (text.starts_with("\x1b[")) {
    const std::size_t end = text.find('m');
    if (end != std::string_view::npos) return {end + 1, 0};
  }
  const CodePoint point = decode_code_point(text, 0);
  return {point.size, point.valid ? display_width(point.value) : 1};
}

// How many bytes of a line fit: all, else up to the last blank that has something before it, else
// as many as it must be, one character at least.
std::size_t find_break(std::string_view line, std::size_t columns) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  std::size_t blank = 0;
  std::size_t used = 0;
  for (std::size_t at = 0; at < line.size();) {
    const Glyph glyph = read_glyph(line.substr(at));
    if (line[at] == ' ' && at > begin && line[at - 1] != ' ') blank = at;
    if (used + glyph.columns > columns && at > begin) return blank > 0 ? blank : at;
    used += glyph.columns;
    at += glyph.size;
  }
  return line.size();
}

void append_folded(std::string& out, std::string_view line, std::size_t width, std::size_t hang) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  // Half of the width is left for the text at least.
  const std::string margin(std::min(begin + hang, width / 2), ' ');
  std::size_t size = find_break(line, width);
  out.append(line.substr(0, size));
  while ((size = line.find_first_not_of(' ', size)) < line.size()) {
    line.remove_prefix(size);
    size = find_break(line, width - margin.size());
    out.append("\n").append(margin).append(line.substr(0, size));
  }
}

}  // namespace

std::string fold_lines(std::string_view text, std::size_t width, std::size_t hang) {
  if (width == 0) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    append_folded(out, text.substr(0, end), width, hang);
    if (end < text.size()) out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace wireproof
