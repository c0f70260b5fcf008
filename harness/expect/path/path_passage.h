#pragma once

#include <cstddef>

namespace wireproof {

// How one packet came over the path.
struct PathPassage {
  std::size_t held_by = 0;  // the rule that held it for ever; 0: none

  bool operator==(const PathPassage&) const = default;
};

}  // namespace wireproof
