#include "base/system/claim.h"

#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>

namespace wireproof {
namespace {

// Nothing where somebody has it.
UniqueFd take_name(const std::string& name) {
  UniqueFd socket =
      check_descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open a UNIX socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(&address.sun_path[1], sizeof address.sun_path - 1);  // a name in no folder: unix(7)
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0) return socket;
  if (errno != EADDRINUSE) throw SystemError("claim " + name, errno);
  return {};
}

}  // namespace

Claim claim_number(const std::string& kind, std::uint32_t count,
                   const std::function<bool(std::uint32_t)>& suits) {
  std::uint32_t first = 0;
  static_cast<void>(::getrandom(&first, sizeof first, 0));
  for (std::uint32_t tried = 0; tried < count; ++tried) {
    const std::uint32_t number = (first % count + tried) % count;
    Claim claim{take_name("wireproof/" + kind + "/" + std::to_string(number)), number};
    if (claim.name && suits(number)) return claim;
  }
  throw SystemError("claim a " + kind + " of this host", EADDRINUSE);
}

}  // namespace wireproof
