#include "machine/path/path_doctor.h"

#include <stdexcept>

#include "machine/host/network.h"
#include "machine/path/path_devices.h"

namespace wireproof {
namespace {

std::string try_path() {
  const NetworkKind network = enter_private_network(NetworkUse::without_capture);
  if (network == NetworkKind::host_loopback) {
    throw std::runtime_error("none without a private network");
  }
  open_path_devices({"127.0.0.1", {}, {}}, kPathMtuBytes);
  return "by TUN devices in " + render_network_kind(network);
}

}  // namespace

MachineFinding examine_path(const MachineLocks& locks) {
  MachineFinding finding = examine_part("lossy path", remedy_for_paths(locks), try_path,
                                        "sheets whose packets take a path are SKIP");
  // No other sheet needs one.
  if (finding.state == MachineState::missing) finding.state = MachineState::limited;
  return finding;
}

}  // namespace wireproof
