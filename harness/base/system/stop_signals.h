#pragma once

#include <csignal>

#include "base/system/unique_fd.h"

namespace wireproof {

// While it lives, SIGINT and SIGTERM do not end the process but wait on a descriptor.
class StopSignals {
 public:
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
