#pragma once

#include <optional>
#include <string>

#include "base/text/bytes.h"
#include "base/text/source_text.h"
#include "base/text/time.h"
#include "expect/payload/payload.h"

namespace wireproof {

// What a step of a session waits for or does.
enum class StepGoal : std::uint8_t {
  message,
  end,
  reset,
  silence,
  connect,
  refusal,
  send,
  server_restart,
  server_alive,
  server_idle,
  other
};

// How a step that failed came to its end.
enum class StepEnd : std::uint8_t {
  bytes,
  timed_out,
  end_of_stream,
  reset,
  refused,
  port_in_use,  // the server could not bind its port again
  other
};

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
