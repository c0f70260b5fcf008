#pragma once

#include <cstddef>

#include "sheet/kaitai/ksy_tree.h"

namespace wireproof {

constexpr std::size_t kMaxKsyBytes = 1 << 20;  // of one description
constexpr std::size_t kMaxKsyNodes = 100'000;  // of its YAML, those behind aliases each time
constexpr std::size_t kMaxKsyNesting = 100;    // lists and maps in each other

// Reads the description that is the source of `file`. What is no description, and what cannot be
// read both ways, is reported at its place.
void read_ksy(KsyFile& file);

}  // namespace wireproof
