#pragma once

#include <cstddef>
#include <optional>

#include "base/text/time.h"

namespace wireproof {

// How one packet came over the path.
struct PathPassage {
  std::optional<Duration> took;  // from end to end; none: it did not arrive, or behind another one
  std::size_t held_by = 0;       // the rule that held it for ever; 0: none

  bool operator==(const PathPassage&) const = default;
};

}  // namespace wireproof
