#pragma once

#include <string>
#include <vector>

#include "expect/cause/cause.h"

namespace wireproof {

// Calls by their names, as they are named in a Cause.
template <class... Names>
Doers called(const Names&... names) {
  return {false, {std::string(names)...}};
}

inline const Doers kByKernel{true, {}};

}  // namespace wireproof
