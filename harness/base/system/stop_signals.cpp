#include "base/system/stop_signals.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

#include "base/system/system_call.h"

namespace wireproof {

StopSignals::StopSignals() {
  sigset_t stopping;
  sigemptyset(&stopping);
  sigaddset(&stopping, SIGINT);
  sigaddset(&stopping, SIGTERM);
  fd_.reset(static_cast<int>(check_call(::signalfd(-1, &stopping, SFD_CLOEXEC | SFD_NONBLOCK),
                                        "wait for the signals that stop a run")));
  ::pthread_sigmask(SIG_BLOCK, &stopping, &before_);
}

StopSignals::~StopSignals() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignals::take() const {
  signalfd_siginfo signal{};
  return ::read(fd_.get(), &signal, sizeof signal) == sizeof signal;
}

void StopSignals::wait() const {
  while (!take()) {
    pollfd entry{fd_.get(), POLLIN, 0};
    if (::poll(&entry, 1, -1) < 0 && errno != EINTR) {
      throw SystemError("wait for the signals that stop a run", errno);
    }
  }
}

}  // namespace wireproof
