#include "base/text/sentence.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace wireproof {

std::string counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string enumerate(const std::vector<std::string>& names, std::size_t limit) {
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), limit));
  const std::string named = fmt::format("{}", fmt::join(names.begin(), end, ", "));
  if (names.size() <= limit) return named;
  return fmt::format("{} and {} more", named, names.size() - limit);
}

}  // namespace wireproof
