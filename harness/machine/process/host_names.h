#pragma once

#include <string>
#include <vector>

#include "base/text/address.h"

namespace wireproof {

// Names that hosts(5) has for programs that this process starts from now on, and what is started by
// these: in a mount namespace of the calling thread's own, with the machine's /etc/hosts behind
// them. The file on disk stays as it is.
class HostNames {
 public:
  // Each name is the address's; none: nothing is changed. The process must have CAP_SYS_ADMIN in
  // its user namespace. Throws SystemError naming the attempt.
  HostNames(const std::vector<std::string>& names, const IpAddress& address);
  // The machine's names again, for what this thread starts next.
  ~HostNames();
  HostNames(const HostNames&) = delete;
  HostNames& operator=(const HostNames&) = delete;

 private:
  bool is_mounted_ = false;
};

}  // namespace wireproof
