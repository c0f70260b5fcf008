#pragma once

#include <algorithm>
#include <string>

#include "base/text/diagnostic.h"

namespace wireproof {

// The text of the note with that label; empty: there is none.
inline std::string note(const Diagnostic& diagnostic, const std::string& label) {
  const auto found = std::ranges::find(diagnostic.notes, label, &Note::label);
  return found == diagnostic.notes.end() ? "" : found->text;
}

}  // namespace wireproof
