#include "base/system/stop_signals.h"

#include <poll.h>
#include <unistd.h>

#include "catch.h"

namespace wireproof {

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
