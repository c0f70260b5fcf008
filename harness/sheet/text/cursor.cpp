#include "sheet/text/cursor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text/bytes.h"
#include "base/text/utf8.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

bool is_word_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '-' || byte >= 0x80;
}

std::size_t word_size(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, is_word_char) - text.begin());
}

// A word and the index behind it, `answers[0]`; 0 where there is no word.
std::size_t step_size(std::string_view text) {
  const std::size_t word = word_size(text);
  if (word == 0 || word == text.size() || text[word] != '[') return word;
  const std::size_t end = text.find_first_not_of("0123456789", word + 1);
  const bool is_index = end != text.npos && end > word + 1 && text[end] == ']';
  return is_index ? end + 1 : word;
}

}  // namespace

void Cursor::skip_blanks() {
  while (!at_end() && is_blank(fragment_.text[offset_])) ++offset_;
}

void Cursor::advance(std::size_t size) {
  offset_ += size;
  skip_blanks();
}

Fragment Cursor::rest_fragment() const {
  return part_of(fragment_, offset_, fragment_.text.size());
}

bool Cursor::take_symbol(std::string_view symbol) {
  if (!rest().starts_with(symbol)) return false;
  advance(symbol.size());
  return true;
}

bool Cursor::is_word(std::string_view word) const {
  return word_size(rest()) == word.size() && rest().starts_with(word);
}

bool Cursor::take_word(std::string_view word) {
  if (!is_word(word)) return false;
  advance(word.size());
  return true;
}

std::string Cursor::take_any_word() {
  const std::string word(rest().substr(0, word_size(rest())));
  advance(word.size());
  return word;
}

std::string Cursor::take_path() {
  const std::string_view text = rest();
  std::size_t size = step_size(text);
  while (size > 0 && size + 1 < text.size() && text[size] == '.') {
    const std::size_t next = step_size(text.substr(size + 1));
    if (next == 0) break;
    size += 1 + next;
  }
  const std::string path(text.substr(0, size));
  advance(size);
  return path;
}

std::string Cursor::take_token() {
  std::string token = next_token();
  advance(token.size());
  return token;
}

std::optional<std::uint64_t> Cursor::take_number() {
  const auto number = parse_number<std::uint64_t>(rest().substr(0, word_size(rest())));
  if (number) advance(word_size(rest()));
  return number;
}

// At a backslash inside quotes: the escapes of scenario-language: \n \r \t \0 \\ \" \xHH.
bool Cursor::decode_escape(std::string& text, Problems& problems) {
  const char kind = offset_ + 1 < fragment_.text.size() ? fragment_.text[offset_ + 1] : '\0';
  constexpr std::string_view kKinds = "nrt0\\\"";
  constexpr std::string_view kValues("\n\r\t\0\\\"", 6);
  if (const std::size_t index = kKinds.find(kind); kind != '\0' && index != kKinds.npos) {
    text += kValues[index];
    offset_ += 2;
    return true;
  }
  if (kind == 'x' && offset_ + 3 < fragment_.text.size()) {
    if (const auto byte = parse_hex(rest().substr(2, 2)); byte && byte->size() == 1) {
      text += static_cast<char>(byte->front());
      offset_ += 4;
      return true;
    }
  }
  const std::size_t size =
      kind == '\0' ? 1 : 1 + decode_code_point(fragment_.text, offset_ + 1).size;
  return problems.error(ProblemCode::unknown_escape, fragment_.span(offset_, offset_ + size),
                        fmt::format("unknown escape `{}`", rest().substr(0, size)),
                        "known: \\n \\r \\t \\0 \\\\ \\\" and \\xHH with two hex digits");
}

std::optional<std::string> Cursor::take_quoted(Problems& problems) {
  if (peek() != '"') return std::nullopt;
  const std::size_t begin = offset_++;
  std::string text;
  while (!at_end()) {
    const char c = fragment_.text[offset_];
    if (c == '"') {
      advance(1);
      return text;
    }
    if (c != '\\') {
      text += c;
      ++offset_;
    } else if (!decode_escape(text, problems)) {
      skip_to_end();
      return std::nullopt;
    }
  }
  problems.error(ProblemCode::open_quote, fragment_.span(begin, fragment_.text.size()),
                 "the quote is not closed",
                 "a text ends with `\"` on the same line; write \\\" for a quote inside");
  return std::nullopt;
}

std::optional<std::string> Cursor::take_pattern(Problems& problems) {
  if (peek() != '/') return std::nullopt;
  const std::size_t begin = offset_++;
  std::string pattern;
  while (!at_end()) {
    const char c = fragment_.text[offset_++];
    if (c == '/') {
      skip_blanks();
      return pattern;
    }
    if (c == '\\' && peek() == '/') {
      pattern += fragment_.text[offset_++];
    } else {
      pattern += c;
      if (c == '\\' && !at_end()) pattern += fragment_.text[offset_++];
    }
  }
  problems.error(ProblemCode::regular_expression, fragment_.span(begin, fragment_.text.size()),
                 "the regular expression is not closed",
                 "it ends with `/` on the same line; write \\/ for a slash inside");
  return std::nullopt;
}

Span Cursor::span_from(std::size_t begin) const {
  std::size_t end = offset_;
  while (end > begin && is_blank(fragment_.text[end - 1])) --end;
  return fragment_.span(begin, end);
}

std::string Cursor::next_token() const {
  const std::string_view text = rest();
  return std::string(text.substr(0, std::min(text.find_first_of(" \t"), text.size())));
}

Span Cursor::next_span() const {
  return fragment_.span(offset_, offset_ + next_token().size());
}

std::optional<RangeText> split_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == text.npos) return std::nullopt;
  return RangeText{trim_text(text.substr(0, dots)), trim_text(text.substr(dots + 2))};
}

}  // namespace wireproof
