#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/text/bytes.h"
#include "base/text/expected.h"

namespace re2 {
class RE2;
}

namespace wireproof {

// A regular expression over bytes, in RE2's syntax: `.` is any byte but a line feed, `^` and `$`
// are the begin and the end of all. Searching takes time in proportion to the text, whatever the
// expression, and no stack.
class Pattern {
 public:
  // The error is a sentence without its full stop.
  static Expected<Pattern, std::string> parse(const std::string& text);

  // The offset behind the first match; nothing where there is none.
  std::optional<std::size_t> find_end(ByteView bytes) const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> expression)
      : expression_(std::move(expression)) {}

  std::shared_ptr<const re2::RE2> expression_;  // never null
};

// A pattern that matches exactly this text.
std::string quote_pattern(std::string_view text);

}  // namespace wireproof
