#include "machine/host/attempt.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>

#include "base/system/system_call.h"
#include "base/system/unique_fd.h"

namespace wireproof {
namespace {

constexpr int kDone = 0;
constexpr int kRefused = 1;

[[noreturn]] void attempt(const std::function<std::string()>& body, int answer_fd) {
  int code = kDone;
  std::string text;
  try {
    text = body();
  } catch (const std::exception& error) {
    code = kRefused;
    text = error.what();
  }
  // The pipe takes so little at once; without its answer the code says enough.
  [[maybe_unused]] const ssize_t written =
      ::write(answer_fd, text.data(), std::min(text.size(), kMaxAttemptText));
  ::_exit(code);
}

}  // namespace

Attempt attempt_in_child(const std::function<std::string()>& body) {
  std::array<int, 2> ends{};
  check_call(::pipe2(ends.data(), O_CLOEXEC), "open a pipe");
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const pid_t child = static_cast<pid_t>(check_call(::fork(), "fork a process"));
  if (child == 0) attempt(body, write_end.get());
  write_end.reset();
  std::array<char, kMaxAttemptText> text{};
  const ssize_t size = ::read(read_end.get(), text.data(), text.size());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  const bool done = WIFEXITED(status) && WEXITSTATUS(status) == kDone;
  return {done, std::string(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0)};
}

}  // namespace wireproof
