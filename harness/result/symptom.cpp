#include "result/symptom.h"

#include <algorithm>
#include <iterator>

namespace wireproof {
namespace {

// In the order of Mismatch.
constexpr std::string_view kMismatches[] = {
    "nothing",  "closed",     "reset",  "refused", "in-front",   "beginning",   "zeros",
    "line-end", "behind",     "cut",    "earlier", "byte-order", "letter-case", "other-bytes",
    "unasked",  "stays-open", "in-use", "state",   "row"};
static_assert(std::size(kMismatches) == static_cast<std::size_t>(Mismatch::row) + 1);

}  // namespace

std::string_view mismatch_name(Mismatch mismatch) {
  return kMismatches[static_cast<std::size_t>(mismatch)];
}

std::optional<Mismatch> find_mismatch(std::string_view name) {
  const auto* const found = std::ranges::find(kMismatches, name);
  if (found == std::end(kMismatches)) return std::nullopt;
  return static_cast<Mismatch>(found - std::begin(kMismatches));
}

}  // namespace wireproof
