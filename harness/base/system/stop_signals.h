#pragma once

#include <csignal>

#include "base/system/system_call.h"

namespace wireproof {

// While it lives, SIGINT and SIGTERM do not end the process but wait on a descriptor, also those
// that came before anybody looks. They are held back for this thread and those it starts. What a
// forked process has inherited does not matter: a handler of the parent does not run, and Linux
// keeps a blocked signal even where its action is to ignore it.
class StopSignals {
 public:
  // Throws SystemError.
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Readable once one of them has come.
  int fd() const { return fd_.get(); }
  // Takes one that has come; false when none has.
  bool take() const;

 private:
  sigset_t before_{};
  UniqueFd fd_;
};

}  // namespace wireproof
