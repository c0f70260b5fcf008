#include "base/system/deadline.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "base/system/system_call.h"

namespace wireproof {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr Duration kFirstPause = Milliseconds(1);
constexpr Duration kLastPause = Milliseconds(20);

Deadline::Clock::time_point time_after(Duration limit) {
  const auto now = Deadline::Clock::now();
  const auto end = Deadline::Clock::time_point::max();
  return limit < end - now ? now + limit : end;
}

}  // namespace

Deadline::Deadline(Duration limit) : time_(time_after(limit)) {}

Duration Deadline::left() const {
  return std::max(Duration(0), Duration(time_ - Clock::now()));
}

int Deadline::poll_limit() const {
  if (*this == never()) return -1;
  const Milliseconds longest(std::numeric_limits<int>::max());
  return static_cast<int>(std::min(std::chrono::ceil<Milliseconds>(left()), longest).count());
}

bool await_any(std::span<pollfd> entries, const Deadline& deadline, const std::string& attempt) {
  for (;;) {
    const int ready = ::poll(entries.data(), entries.size(), deadline.poll_limit());
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) throw SystemError(attempt, errno);
    if (ready == 0 && deadline.is_over()) return false;
  }
}

bool await_readable(int fd, const Deadline& deadline, const std::string& attempt) {
  pollfd entry{fd, POLLIN, 0};
  return await_any({&entry, 1}, deadline, attempt);
}

bool is_readable(int fd) {
  return await_readable(fd, Deadline(Duration(0)), "look at a descriptor");
}

bool look_until(const Deadline& deadline, const std::function<bool()>& look) {
  for (Duration pause = kFirstPause; !look(); pause = std::min(pause * 2, kLastPause)) {
    if (deadline.is_over()) return false;
    await_any({}, std::min(deadline, Deadline(pause)), "pause");
  }
  return true;
}

}  // namespace wireproof
