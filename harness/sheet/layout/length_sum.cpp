#include "sheet/layout/length_sum.h"

#include <algorithm>

#include "sheet/text/cursor.h"

namespace wireproof {
namespace {

bool multiply(Range& range, std::uint64_t times) {
  return !__builtin_mul_overflow(range.least, times, &range.least) &&
         !__builtin_mul_overflow(range.most, times, &range.most);
}

bool add(Range& sum, const Range& range) {
  return !__builtin_add_overflow(sum.least, range.least, &sum.least) &&
         !__builtin_add_overflow(sum.most, range.most, &sum.most);
}

std::optional<Range> parse_term(std::string_view text) {
  const std::size_t star = text.find('*');
  const auto times = star == text.npos ? std::optional<std::uint64_t>(1)
                                       : parse_unsigned(trim_text(text.substr(0, star)));
  const auto read = parse_number_range(trim_text(star == text.npos ? text : text.substr(star + 1)));
  if (!times || !read) return std::nullopt;
  Range range{read->least, read->most};
  return multiply(range, *times) ? std::optional(range) : std::nullopt;
}

}  // namespace

std::optional<Range> parse_length_sum(std::string_view text) {
  Range sum;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('+', begin), text.size());
    const auto term = parse_term(text.substr(begin, end - begin));
    if (!term || !add(sum, *term)) return std::nullopt;
    begin = end + 1;
  }
  return sum;
}

}  // namespace wireproof
