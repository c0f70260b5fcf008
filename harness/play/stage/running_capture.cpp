#include "play/stage/running_capture.h"

#include <cerrno>

#include "base/system/system_call.h"

namespace wireproof {
namespace {

constexpr const char* kRemedy =
    " for packets of a server that runs already: that takes CAP_NET_RAW (`sudo setcap "
    "cap_net_raw+ep PROGRAM`, or root); --no-capture judges the sessions alone";

}  // namespace

std::unique_ptr<WatchedCapture> open_running_capture(WatchOptions options, const Route& route) {
  options.interface = route.interface;
  try {
    return std::make_unique<WatchedCapture>(options);
  } catch (const SystemError& error) {
    if (error.code().value() == EPERM) {
      throw SystemError("capture on " + route.interface + kRemedy, EPERM);
    }
    if (route.interface == "lo") throw;
  }
  options.interface = "any";
  return std::make_unique<WatchedCapture>(options);
}

}  // namespace wireproof
