#pragma once

#include <optional>
#include <string>

#include "base/source_text.h"
#include "expect/failure_evidence.h"

namespace wireproof {

// What a failed step of one actor met, as values: judge() explains the failure by it.
struct FailedStep {
  std::string actor;
  Span step;  // its place in the sheet
  StepEnd end = StepEnd::other;
  Bytes received;                    // instead of what was expected
  Variables variables;               // that the step could use, `n` and `i` among them
  std::size_t received_before = 0;   // bytes of its connection, or datagrams; offline
  std::optional<Timestamp> gave_up;  // none offline

  bool operator==(const FailedStep&) const = default;
};

}  // namespace wireproof
