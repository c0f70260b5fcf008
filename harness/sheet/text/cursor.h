#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sheet/text/fragment.h"

namespace wireproof {

// Reads a fragment from left to right; blanks between tokens are skipped. A `take_` that does not
// find what it asks for takes nothing and says so; only malformed literals are reported here.
class Cursor {
 public:
  explicit Cursor(Fragment fragment) : fragment_(std::move(fragment)) { skip_blanks(); }

  bool at_end() const { return offset_ == fragment_.text.size(); }
  std::size_t offset() const { return offset_; }
  std::string_view rest() const { return std::string_view(fragment_.text).substr(offset_); }
  Fragment rest_fragment() const;
  char peek() const { return at_end() ? '\0' : fragment_.text[offset_]; }

  bool take_symbol(std::string_view symbol);
  // A whole word: letters, digits, `_`, `-`, bytes above 127. `is_word` looks without taking.
  bool take_word(std::string_view word);
  bool is_word(std::string_view word) const;
  std::string take_any_word();
  // Words and dots, with indices: a field's path, `body.answers[0].id`.
  std::string take_path();
  // Up to the next blank.
  std::string take_token();
  std::optional<std::uint64_t> take_number();
  // `"text"` with its escapes decoded; nothing when there is no quote or it is malformed (then
  // reported).
  std::optional<std::string> take_quoted(Problems& problems);
  // `/regex/`, `\/` for a slash inside.
  std::optional<std::string> take_pattern(Problems& problems);
  // Goes back to an offset that this cursor was at.
  void reset(std::size_t offset) { offset_ = offset; }
  void skip_to_end() { offset_ = fragment_.text.size(); }

  // Source from `begin` to here, without blanks at the end.
  Span span_from(std::size_t begin) const;
  // The next token, for messages about what is there instead.
  Span next_span() const;
  std::string next_token() const;

 private:
  void skip_blanks();
  void advance(std::size_t size);
  bool decode_escape(std::string& text, Problems& problems);

  Fragment fragment_;
  std::size_t offset_ = 0;
};

// What stands on both sides of `..`, without blanks; nothing where there is no `..`. Views into
// the text.
struct RangeText {
  std::string_view least;
  std::string_view most;
};
std::optional<RangeText> split_range(std::string_view text);

}  // namespace wireproof
