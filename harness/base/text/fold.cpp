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

// How many bytes of a line fit: all, else up to the last column that begins in the right half, else
// up to the last blank that has something before it, else as many as it must be, one character at
// least.
std::size_t find_break(std::string_view line, std::size_t columns) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  std::size_t blank = 0;
  std::size_t gap = 0;
  std::size_t used = 0;
  for (std::size_t at = 0; at < line.size();) {
    const Glyph glyph = read_glyph(line.substr(at));
    if (line[at] == ' ' && at > begin && line[at - 1] != ' ') blank = at;
    const bool begins = line[at] != ' ' && line.substr(0, at).ends_with("  ");
    if (begins && used > columns / 2) gap = blank;
    if (used + glyph.columns > columns && at > begin) {
      const bool is_between = line.substr(blank).starts_with("  ");
      if (gap > 0 && !is_between) return gap;
      return blank > 0 ? blank : at;
    }
    used += glyph.columns;
    at += glyph.size;
  }
  return line.size();
}

// How much further in than the line its last column begins, of those that begin before `limit`.
std::size_t find_column(std::string_view line, std::size_t limit) {
  std::size_t begin = 0;  // of the first one
  std::size_t last = 0;
  std::size_t used = 0;
  std::size_t blanks = 0;
  for (std::size_t at = 0; at < line.size() && used < limit;) {
    const Glyph glyph = read_glyph(line.substr(at));
    if (line[at] == ' ') {
      ++blanks;
    } else if (glyph.columns > 0) {
      if (last == 0 && blanks == used) {
        begin = last = used;
      } else if (blanks >= 2) {
        last = used;
      }
      blanks = 0;
    }
    used += glyph.columns;
    at += glyph.size;
  }
  return last - begin;
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

template <typename HangOf>
std::string fold_each(std::string_view text, std::size_t width, HangOf hang_of) {
  if (width == 0) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    append_folded(out, line, width, hang_of(line));
    if (end < text.size()) out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

std::string fold_lines(std::string_view text, std::size_t width, std::size_t hang) {
  return fold_each(text, width, [&](std::string_view) { return hang; });
}

std::string fold_rows(std::string_view text, std::size_t width) {
  return fold_each(text, width, [&](std::string_view line) {
    return std::max<std::size_t>(find_column(line, width / 2), 2);
  });
}

}  // namespace wireproof
