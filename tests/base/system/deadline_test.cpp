#include "base/system/deadline.h"

#include <pthread.h>

#include <array>
#include <atomic>
#include <csignal>
#include <limits>
#include <thread>
#include <vector>

#include "base/system/system_call.h"
#include "catch.h"

namespace wireproof {
namespace {

const Deadline kOver{Duration(0)};

}  // namespace

TEST_CASE("a deadline that is over leaves no time, never less", "[base]") {
  const Deadline past(Deadline::Clock::now() - std::chrono::seconds(5));
  CHECK(past.is_over());
  CHECK(past.left() == Duration(0));
  CHECK(past.poll_limit() == 0);
  CHECK(Deadline(-std::chrono::seconds(5)).is_over());
}

TEST_CASE("poll waits for the last part of a millisecond, too", "[base]") {
  const Deadline soon(std::chrono::milliseconds(10));
  // 9.9 ms are left: rounded down, the deadline would not be reached.
  CHECK(std::chrono::milliseconds(soon.poll_limit()) >= soon.left());
}

TEST_CASE("a deadline that never comes makes poll wait for ever", "[base]") {
  CHECK(Deadline::never().poll_limit() == -1);
  CHECK_FALSE(Deadline::never().is_over());
  CHECK(Deadline(Duration::max()) == Deadline::never());
  CHECK(Deadline(std::chrono::hours(1000)) < Deadline::never());
  CHECK(Deadline(std::chrono::hours(1000)).poll_limit() == std::numeric_limits<int>::max());
}

TEST_CASE("what is ready is told even when the time is over", "[base]") {
  const Pipe pipe = open_pipe();
  CHECK_FALSE(await_readable(pipe.read.get(), kOver, "wait"));
  CHECK_FALSE(is_readable(pipe.read.get()));
  write_all(pipe.write.get(), "a", "say a");
  CHECK(await_readable(pipe.read.get(), kOver, "wait"));
  CHECK(is_readable(pipe.read.get()));
}

TEST_CASE("of several descriptors those that are ready are told, and none is passed over",
          "[base]") {
  const Pipe quiet = open_pipe();
  const Pipe pipe = open_pipe();
  write_all(pipe.write.get(), "a", "say a");
  std::array<pollfd, 3> entries{pollfd{-1, POLLIN, 0}, pollfd{quiet.read.get(), POLLIN, 0},
                                pollfd{pipe.read.get(), POLLIN, 0}};
  CHECK(await_any(entries, Deadline::never(), "wait"));
  CHECK(entries[0].revents == 0);
  CHECK(entries[1].revents == 0);
  CHECK(entries[2].revents == POLLIN);
}

TEST_CASE("a signal does not shorten a wait", "[base]") {
  static std::atomic<int> signals{0};
  struct sigaction counting {};
  counting.sa_handler = [](int) { ++signals; };  // no SA_RESTART: poll() gives EINTR anyway
  struct sigaction before {};
  REQUIRE(::sigaction(SIGUSR1, &counting, &before) == 0);
  const pthread_t waiting = ::pthread_self();
  const Pipe pipe = open_pipe();
  std::thread sender([&] {
    ::pthread_kill(waiting, SIGUSR1);
    while (signals == 0) std::this_thread::yield();
    write_all(pipe.write.get(), "a", "say a");
  });
  CHECK(await_readable(pipe.read.get(), Deadline(std::chrono::seconds(10)), "wait"));
  sender.join();
  CHECK(signals == 1);
  ::sigaction(SIGUSR1, &before, nullptr);
}

TEST_CASE("a wait that the system refuses names the attempt", "[base]") {
  std::vector<pollfd> too_many(std::size_t{1} << 24, pollfd{-1, POLLIN, 0});
  CHECK_THROWS_WITH(await_any(too_many, kOver, "wait for all"), "wait for all: invalid argument");
}

TEST_CASE("one looks at least once, and until it is true", "[base]") {
  int looks = 0;
  CHECK(look_until(kOver, [&] { return ++looks == 1; }));
  CHECK(looks == 1);
  CHECK_FALSE(look_until(kOver, [&] { return ++looks == 0; }));
  CHECK(looks == 2);
  CHECK(look_until(Deadline::never(), [&] { return ++looks == 5; }));
  CHECK(looks == 5);
}

}  // namespace wireproof
