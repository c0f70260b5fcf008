#include "base/system/stop_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include "base/system/system_call.h"

namespace wireproof {

StopSignals::StopSignals() {
  sigset_t stopping;
  sigemptyset(&stopping);
  sigaddset(&stopping, SIGINT);
  sigaddset(&stopping, SIGTERM);
  check_call(::sigprocmask(SIG_BLOCK, &stopping, &before_), "block the signals that stop a run");
  fd_.reset(static_cast<int>(check_call(::signalfd(-1, &stopping, SFD_CLOEXEC | SFD_NONBLOCK),
                                        "wait for the signals that stop a run")));
}

StopSignals::~StopSignals() {
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignals::take() const {
  signalfd_siginfo signal{};
  return ::read(fd_.get(), &signal, sizeof signal) == sizeof signal;
}

}  // namespace wireproof
