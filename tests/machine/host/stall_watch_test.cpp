#include "machine/host/stall_watch.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/system/deadline.h"
#include "base/system/system_call.h"
#include "catch.h"

namespace wireproof {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr Duration kStopped = 300ms;
constexpr Duration kNoticed = 200ms;  // two looks less
constexpr Duration kPatience = 30s;

// Stops the process for kStopped.
void stop_for_a_while(pid_t process) {
  ::kill(process, SIGSTOP);
  look_until(Deadline(kStopped), [] { return false; });
  ::kill(process, SIGCONT);
}

// A forked process that waits for signals, and is killed.
class Sleeper {
 public:
  Sleeper() : process_(::fork()) {
    if (process_ != 0) return;
    for (;;) ::pause();
  }
  ~Sleeper() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  pid_t process() const { return process_; }

 private:
  pid_t process_;
};

}  // namespace

TEST_CASE("a process learns that it stood still", "[host]") {
  Pipe ready = open_pipe();
  const pid_t child = ::fork();
  if (child == 0) {
    const StallWatch stalls;
    write_all(ready.write.get(), "!", "tell");
    const bool noticed =
        look_until(Deadline(kPatience), [&] { return stalls.stood_still() >= kNoticed; });
    ::_exit(noticed ? 0 : 1);
  }
  REQUIRE(await_readable(ready.read.get(), Deadline(kPatience), "wait for the child"));
  stop_for_a_while(child);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("the time in which a watched process is stopped is told, and no other", "[host]") {
  const Sleeper sleeper;
  StallWatch stalls;
  ::kill(sleeper.process(), SIGSTOP);
  stalls.watch(::getpid());  // and what descends from it
  CHECK(look_until(Deadline(kPatience), [&] { return stalls.was_stopped() >= kNoticed; }));
  ::kill(sleeper.process(), SIGCONT);
}

TEST_CASE("a process that sleeps has not been stopped", "[host]") {
  const Sleeper sleeper;
  StallWatch stalls;
  stalls.watch(sleeper.process());
  CHECK_FALSE(look_until(Deadline(5 * StallWatch::kTick),
                         [&] { return stalls.was_stopped() > Duration(0); }));
}

}  // namespace wireproof
