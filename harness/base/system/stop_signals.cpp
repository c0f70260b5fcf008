#include "base/system/stop_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

namespace wireproof {

StopSignals::StopSignals() {
  sigset_t stopping;
  sigemptyset(&stopping);
  sigaddset(&stopping, SIGINT);
  sigaddset(&stopping, SIGTERM);
  fd_ = check_descriptor(::signalfd(-1, &stopping, SFD_CLOEXEC | SFD_NONBLOCK),
                         "wait for the signals that stop a run");
  ::pthread_sigmask(SIG_BLOCK, &stopping, &before_);
}

StopSignals::~StopSignals() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignals::take() const {
  signalfd_siginfo signal{};
  return ::read(fd_.get(), &signal, sizeof signal) == sizeof signal;
}

}  // namespace wireproof
