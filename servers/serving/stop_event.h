#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "base/system/system_call.h"
#include "base/system/unique_fd.h"

namespace wireproof {

// A wish to stop that poll() can wait for: readable for ever once it is set.
class StopEvent {
 public:
  // Throws SystemError when there is no descriptor.
  StopEvent() : fd_(static_cast<int>(check_call(::eventfd(0, EFD_CLOEXEC), "eventfd"))) {}

  int fd() const { return fd_.get(); }

  void set() const {
    const std::uint64_t one = 1;
    while (::write(fd_.get(), &one, sizeof one) == -1 && errno == EINTR) {
    }
  }

 private:
  UniqueFd fd_;
};

}  // namespace wireproof
