#include "base/text/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/text/utf8.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr std::size_t kTabColumns = 4;

// A source line as it is printed, and the printed column of every byte of it.
struct PrintedLine {
  std::string text;
  std::vector<std::size_t> columns;  // one more than the line has bytes
};

struct PrintedPoint {
  std::string text;
  std::size_t width = 0;
};

// Controls and broken bytes could act on the terminal, so they are shown as escapes.
PrintedPoint print_point(std::string_view line, std::size_t offset, const CodePoint& point) {
  if (point.valid && point.value == '\t') return {std::string(kTabColumns, ' '), kTabColumns};
  if (!point.valid || is_control(point.value)) {
    const std::string escaped = fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
    return {escaped, escaped.size()};
  }
  return {std::string(line.substr(offset, point.size)), display_width(point.value)};
}

PrintedLine print_line(std::string_view line) {
  PrintedLine printed;
  std::size_t column = 0;
  for (std::size_t offset = 0; offset < line.size();) {
    const CodePoint point = decode_code_point(line, offset);
    const PrintedPoint shown = print_point(line, offset, point);
    printed.text += shown.text;
    printed.columns.insert(printed.columns.end(), point.size, column);
    column += shown.width;
    offset += point.size;
  }
  printed.columns.push_back(column);
  return printed;
}

constexpr const char* kBold = "1";
constexpr const char* kBlue = "1;34";
constexpr const char* kRed = "1;31";
constexpr const char* kYellow = "1;33";

const char* severity_color(Severity severity) {
  return severity == Severity::error ? kRed : kYellow;
}

// The span's first line with carets under it; a span that goes on is underlined to the line's end.
std::string render_excerpt(const Diagnostic& diagnostic, const SourceText& source,
                           std::size_t gutter, Style style) {
  const Span span = *diagnostic.span;
  const std::size_t line = source.position(span.begin).line;
  const std::size_t start = source.line_start(line);
  const PrintedLine printed = print_line(source.line_text(line));
  const std::size_t size = printed.columns.size() - 1;
  const std::size_t begin = std::min(span.begin - std::min(start, span.begin), size);
  const std::size_t end = std::clamp(span.end - std::min(start, span.end), begin, size);
  const std::size_t caret_count = printed.columns[end] - printed.columns[begin];

  const std::string bar = paint("|", kBlue, style);
  const std::string blank(gutter, ' ');
  std::string text = fmt::format("{} {}\n", blank, bar);
  text += fmt::format("{} {}", paint(fmt::format("{:>{}}", line, gutter), kBlue, style), bar);
  if (!printed.text.empty()) text += " " + printed.text;
  std::string carets(std::max<std::size_t>(caret_count, 1), '^');
  if (!diagnostic.label.empty()) carets += " " + print_line(diagnostic.label).text;
  text += fmt::format("\n{} {} {}{}\n", blank, bar, std::string(printed.columns[begin], ' '),
                      paint(carets, severity_color(diagnostic.severity), style));
  return text;
}

// "expected" and "captured" stand in a column above each other; other labels end with a colon.
std::string note_head(const std::string& label) {
  if (label.empty()) return "";
  if (label == "expected" || label == "captured") return label + "  ";
  return label + ": ";
}

std::string render_note(const Note& note, std::size_t gutter, Style style) {
  std::string text;
  const std::string head = note_head(note.label);
  std::string_view rest = note.text;
  for (bool first = true; first || !rest.empty(); first = false) {
    const std::size_t line_end = std::min(rest.find('\n'), rest.size());
    const std::string line = print_line(rest.substr(0, line_end)).text;
    rest.remove_prefix(std::min(line_end + 1, rest.size()));
    if (first) {
      text += fmt::format("{} {} {}{}\n", std::string(gutter, ' '), paint("=", kBlue, style),
                          paint(head, kBold, style), line);
    } else {
      text += std::string(gutter + 3 + head.size(), ' ') + line + "\n";
    }
  }
  return text;
}

// Insertions, deletions, replacements and swaps of neighbours ("optimal string alignment").
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

}  // namespace

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

std::string paint(const std::string& text, const char* color, Style style) {
  if (style == Style::plain || text.empty()) return text;
  return fmt::format("\x1b[{}m{}\x1b[0m", color, text);
}

std::string render_code(ProblemCode code) {
  return fmt::format("WP{:04}", static_cast<unsigned>(code));
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::ranges::any_of(
      diagnostics, [](const Diagnostic& item) { return item.severity == Severity::error; });
}

std::string render_diagnostic(const Diagnostic& diagnostic, const SourceText& text_given,
                              Style style) {
  const SourceText& source = diagnostic.source ? *diagnostic.source : text_given;
  const char* const severity = diagnostic.severity == Severity::error ? "error" : "warning";
  std::string text = paint(severity, severity_color(diagnostic.severity), style) +
                     paint(": " + print_line(diagnostic.message).text, kBold, style);
  if (diagnostic.code != ProblemCode{}) text += fmt::format(" [{}]", render_code(diagnostic.code));
  text += "\n";
  std::size_t gutter = 1;
  const std::string name = print_line(source.name()).text;
  if (diagnostic.span) {
    const Position position = source.position(diagnostic.span->begin);
    gutter = std::to_string(position.line).size();
    text += fmt::format("{}{} {}:{}:{}\n", std::string(gutter, ' '), paint("-->", kBlue, style),
                        name, position.line, position.column);
    text += render_excerpt(diagnostic, source, gutter, style);
  } else if (!name.empty()) {
    text += fmt::format(" {} {}\n", paint("-->", kBlue, style), name);
  }
  for (const Note& note : diagnostic.notes) text += render_note(note, gutter, style);
  return text;
}

std::optional<std::string> nearest_name(std::string_view name,
                                        std::span<const std::string> known_names) {
  const std::string wanted = lower_case(name);
  const std::size_t limit = std::max<std::size_t>(1, wanted.size() / 3);
  std::optional<std::string> nearest;
  std::size_t nearest_distance = limit + 1;
  for (const std::string& known : known_names) {
    const std::size_t distance = edit_distance(wanted, lower_case(known));
    // A name that would change altogether is no slip of the other.
    if (distance < nearest_distance && distance < std::max<std::size_t>(1, wanted.size())) {
      nearest = known;
      nearest_distance = distance;
    }
  }
  return nearest;
}

}  // namespace wireproof
