#include "play/runner/machine_offer.h"

#include "base/system/process.h"
#include "machine/host/network.h"
#include "machine/host/reduced_sandbox.h"
#include "machine/trace/tracer.h"

namespace wireproof {

const ProbedNetwork& offered_network() {
  static const ProbedNetwork kOffered = probe_network();
  return kOffered;
}

std::vector<RunLimit> find_run_limits(const RunOptions& options) {
  std::vector<RunLimit> limits;
  if (options.running) return limits;
  const ProbedNetwork& network = offered_network();
  const bool is_shared = network.kind == NetworkKind::host_loopback;
  if (is_shared) limits.push_back(RunLimit::shared_loopback);
  if (options.capture && !network.captures) limits.push_back(RunLimit::no_capture);
  const Attempt tracing = attempt_in_child([] {
    const Tracer tracer;
    return std::string();
  });
  const bool is_reduced = is_shared && options.sandbox;
  const ReducedWalls walls = is_reduced ? find_reduced_walls() : ReducedWalls{};
  if (!tracing.done || hide_programs(walls)) limits.push_back(RunLimit::no_tracing);
  if (!is_reduced) return limits;
  limits.push_back(RunLimit::reduced_sandbox);
  if (!walls.other_user) limits.push_back(RunLimit::sandbox_same_user);
  if (!walls.write_rules) limits.push_back(RunLimit::sandbox_without_landlock);
  return limits;
}

}  // namespace wireproof
