#include "play/runner/machine_offer.h"

#include <linux/capability.h>

#include "base/system/process.h"
#include "machine/host/network.h"
#include "machine/host/reduced_sandbox.h"
#include "machine/trace/tracer.h"

namespace wireproof {

std::vector<RunLimit> find_run_limits(const RunOptions& options) {
  std::vector<RunLimit> limits;
  if (options.running) return limits;
  const ProbedNetwork network = probe_network();
  const bool is_shared = network.kind == NetworkKind::host_loopback;
  if (is_shared) limits.push_back(RunLimit::shared_loopback);
  if (options.capture && !network.captures) limits.push_back(RunLimit::no_capture);
  const Attempt tracing = attempt_in_child([] {
    const Tracer tracer;
    return std::string();
  });
  const ReducedWalls walls = find_reduced_walls();
  const bool is_reduced = is_shared && options.sandbox;
  const bool hides_calls = is_reduced && walls.other_user && !has_capability(CAP_SYS_PTRACE);
  if (!tracing.done || hides_calls) limits.push_back(RunLimit::no_tracing);
  if (!is_reduced) return limits;
  limits.push_back(RunLimit::reduced_sandbox);
  if (!walls.other_user) limits.push_back(RunLimit::sandbox_same_user);
  if (!walls.write_rules) limits.push_back(RunLimit::sandbox_without_landlock);
  return limits;
}

}  // namespace wireproof
