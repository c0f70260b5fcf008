#pragma once

#include <optional>
#include <string>

#include "base/text/bytes.h"
#include "base/text/source_text.h"
#include "base/text/time.h"
#include "expect/payload/payload.h"

namespace wireproof {

// How a step that failed came to its end.
enum class StepEnd : std::uint8_t { bytes, timed_out, end_of_stream, reset, refused, other };

// What a failed step of one actor met, as values: judge() explains the failure by it.
struct FailedStep {
  std::string actor;
  std::size_t playing = 0;  // index in its SessionPlan's steps
  StepEnd end = StepEnd::other;
  Bytes received;                    // instead of what was expected
  Variables variables;               // that the step could use, `n` and `i` among them
  std::size_t received_before = 0;   // bytes of its connection, or datagrams; offline
  std::optional<Timestamp> gave_up;  // none offline

  bool operator==(const FailedStep&) const = default;
};

}  // namespace wireproof
