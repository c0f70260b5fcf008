#pragma once

#include <poll.h>

#include <chrono>
#include <functional>
#include <span>
#include <string>

#include "base/text/time.h"

namespace wireproof {

// The moment until which something may last, by the clock that nobody sets. Copied freely: it is
// made once and handed down, so that many short waits do not add up to a long one.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  // So long from now; a limit beyond the clock's end never passes.
  explicit Deadline(Duration limit);
  explicit Deadline(Clock::time_point time) : time_(time) {}
  static Deadline never() { return Deadline(Clock::time_point::max()); }

  bool is_over() const { return time_ <= Clock::now(); }
  // Never negative.
  Duration left() const;
  // As poll() takes it: whole milliseconds, rounded up (rounded down, the last one would be spent
  // in a busy loop), never negative where there is an end, and -1 where there is none. One that is
  // longer than an int takes is cut.
  int poll_limit() const;
  Clock::time_point time() const { return time_; }

  auto operator<=>(const Deadline&) const = default;

 private:
  Clock::time_point time_;
};

// poll(2) until one of the entries has an event, whatever signals come; false: the deadline came
// first. The events are there at any rate, also when the deadline is over already. An entry without
// a descriptor (-1) is passed over. Throws SystemError naming the attempt.
bool await_any(std::span<pollfd> entries, const Deadline& deadline, const std::string& attempt);

bool await_readable(int fd, const Deadline& deadline, const std::string& attempt);

// Whether a read would return at once: bytes, the end, or an error are there.
bool is_readable(int fd);

// For what no descriptor tells: asks `look` again and again until it says true, with pauses that
// grow from 1 to 20 ms. False: the deadline came first; it is asked at least once.
bool look_until(const Deadline& deadline, const std::function<bool()>& look);

}  // namespace wireproof
