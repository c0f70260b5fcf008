#pragma once

#include <functional>
#include <string>

namespace wireproof {

// What came of something tried in a child process.
struct Attempt {
  bool done = false;
  std::string text;  // what the attempt returned; where it threw, what it said

  bool operator==(const Attempt&) const = default;
};

// Runs `body` in a forked child, for what changes a process for good. Throws SystemError only
// when there cannot be a child. The text is cut at kMaxAttemptText bytes.
Attempt attempt_in_child(const std::function<std::string()>& body);
constexpr std::size_t kMaxAttemptText = 4096;

}  // namespace wireproof
