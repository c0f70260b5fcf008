#include "base/system/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "catch.h"

namespace wireproof {

namespace {

int exit_code_of(pid_t process) {
  const int status = await_process(process);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a forked process ends with its body's result, and has its own memory", "[base]") {
  bool touched = false;
  const auto body = [&] {
    touched = true;
    return 3;
  };
  CHECK(exit_code_of(fork_process(body)) == 3);
  CHECK_FALSE(touched);
}

TEST_CASE("a process that is to execute a program borrows memory until then", "[base]") {
  volatile bool touched = false;
  const auto body = [&] {
    touched = true;
    return 3;
  };
  CHECK(exit_code_of(vfork_process(body)) == 3);
  CHECK(touched);
}

TEST_CASE("an attempt in a child process says what it returned or why it failed", "[base]") {
  CHECK(attempt_in_child([] { return std::string("did it"); }) == Attempt{true, "did it"});
  CHECK(attempt_in_child([]() -> std::string { throw std::runtime_error("refused"); }) ==
        Attempt{false, "refused"});
  CHECK(attempt_in_child([] { return std::string(2 * kMaxAttemptText, 'x'); }).text.size() ==
        kMaxAttemptText);
}

TEST_CASE("an attempt whose process is killed is made again, and named at last", "[base]") {
  Pipe tries = open_pipe();
  const auto killed = [&tries](int most) {
    return attempt_in_child([&tries, most] {
      write_all(tries.write.get(), "x", "count");
      int count = 0;
      check_call(::ioctl(tries.read.get(), FIONREAD, &count), "count");
      if (count <= most) ::raise(SIGKILL);
      return std::string("did it");
    });
  };
  CHECK(killed(2) == Attempt{true, "did it"});
  CHECK(killed(100) == Attempt{false, "the process that was to try it was ended by signal Killed"});
}

TEST_CASE("a program may have all descriptors that there are, and what it starts the usual number",
          "[base]") {
  const Attempt attempt = attempt_in_child([] {
    const auto soft_limit = [] {
      rlimit limit{};
      ::getrlimit(RLIMIT_NOFILE, &limit);
      return std::to_string(limit.rlim_cur);
    };
    const rlimit usual{64, 256};
    ::setrlimit(RLIMIT_NOFILE, &usual);
    raise_descriptor_limit();
    const std::string raised = soft_limit();
    restore_descriptor_limit();
    return raised + ", then " + soft_limit();
  });
  CHECK(attempt == Attempt{true, "256, then 64"});
}

TEST_CASE("a signal that is to stop the process waits until it is taken, once", "[base]") {
  const int signal = GENERATE(SIGINT, SIGTERM);
  const StopSignals stop;
  CHECK_FALSE(stop.take());
  REQUIRE(::kill(::getpid(), signal) == 0);
  pollfd entry{stop.fd(), POLLIN, 0};
  CHECK(::poll(&entry, 1, 10000) == 1);
  CHECK(stop.take());
  CHECK_FALSE(stop.take());
}

TEST_CASE("one that nobody took does not end the process behind it", "[base]") {
  const Attempt attempt = attempt_in_child([] {
    ::signal(SIGTERM, SIG_DFL);
    ::signal(SIGINT, SIG_DFL);
    {
      const StopSignals stop;
      ::kill(::getpid(), SIGTERM);
      ::kill(::getpid(), SIGINT);
    }
    return std::string("goes on");
  });
  CHECK(attempt == Attempt{true, "goes on"});
}

TEST_CASE("a stop that is held back is the run's, or comes through at the end", "[base]") {
  const auto is_ended_by = [](const std::function<int()>& body) {
    return read_wait_status(await_process(fork_process(body)));
  };
  ::signal(SIGTERM, SIG_DFL);
  const ProcessEnd taken = is_ended_by([] {
    const StopsDeferred deferred;
    ::kill(::getpid(), SIGTERM);
    const StopSignals stop;
    return stop.take() ? 3 : 4;
  });
  CHECK(taken == ProcessEnd{ProcessEnd::Way::exited, 3, ""});
  Pipe pipe = open_pipe();
  const ProcessEnd late = is_ended_by([&pipe] {
    const StopsDeferred deferred;
    ::kill(::getpid(), SIGTERM);
    write_all(pipe.write.get(), "done", "say it");
    return 3;
  });
  pipe.write.reset();
  std::string said;
  read_rest(pipe.read.get(), said);
  CHECK(said == "done");
  CHECK(late == ProcessEnd{ProcessEnd::Way::signal, SIGTERM, ""});
}

TEST_CASE("writing where nobody reads is an error while SIGPIPE is ignored", "[base]") {
  Pipe pipe = open_pipe();
  pipe.read.reset();
  const IgnoredSigpipe ignored;
  CHECK_THROWS_WITH(write_all(pipe.write.get(), "x", "say it"), "say it: broken pipe");
}

TEST_CASE("no file gets the number of a standard descriptor that was closed", "[base]") {
  const Attempt attempt = attempt_in_child([] {
    for (int standard = 0; standard < 3; ++standard) ::close(standard);
    fill_standard_descriptors();
    const UniqueFd next = check_descriptor(::open("/dev/null", O_RDONLY), "open");
    char byte = 0;
    const bool reads = ::read(STDIN_FILENO, &byte, 1) >= 0;
    const bool writes = ::write(STDOUT_FILENO, "x", 1) >= 0 || ::write(STDERR_FILENO, "x", 1) >= 0;
    return fmt::format("{} {} {}", next.get() > STDERR_FILENO, reads, writes);
  });
  CHECK(attempt == Attempt{true, "true false false"});
}

TEST_CASE("behind it signals are again what they were", "[base]") {
  sigset_t before;
  sigset_t after;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &before);
  { const StopSignals stop; }
  ::pthread_sigmask(SIG_BLOCK, nullptr, &after);
  CHECK(sigismember(&before, SIGINT) == sigismember(&after, SIGINT));
  CHECK(sigismember(&before, SIGTERM) == sigismember(&after, SIGTERM));
}

}  // namespace wireproof
