#pragma once

#include <optional>
#include <string>

#include "expect/payload/payload.h"

namespace wireproof {

struct CompareContext {
  const LayoutSet& layouts;
  const Variables& variables;
  ByteView received;
};

// Compares the layout that begins at `at`, and sets `at` behind it. What its fields have to keep is
// added to `remembered`, which goes before the context's variables.
std::optional<MessageMismatch> compare_layout(const LayoutPart& part, const CompareContext& context,
                                              std::size_t& at, Variables& remembered);

}  // namespace wireproof
