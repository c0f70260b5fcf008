#include <algorithm>

#include "report/report.h"

namespace wireproof {
namespace {

bool has(const std::vector<RunLimit>& limits, RunLimit limit) {
  return std::ranges::find(limits, limit) != limits.end();
}

std::string render_reduced_sandbox(const std::vector<RunLimit>& limits) {
  std::string walls = has(limits, RunLimit::sandbox_same_user) ? "" : "another user, ";
  walls += "seccomp, rlimits";
  if (!has(limits, RunLimit::sandbox_without_landlock)) walls += ", Landlock";
  return "programs under test run in the reduced sandbox (" + walls +
         "), without namespaces; docs/security.md says what it leaves open";
}

}  // namespace

std::string render_run_limits(const std::vector<RunLimit>& limits) {
  std::string text;
  const auto tell = [&](RunLimit limit, const std::string& what) {
    if (has(limits, limit)) text += "note: " + what + "\n";
  };
  tell(RunLimit::shared_loopback,
       "this machine gives no network to each sheet: all share the loopback, with addresses of "
       "their own");
  const std::string judged =
      has(limits, RunLimit::no_tracing) ? "sessions and sockets" : "sessions, sockets and calls";
  tell(RunLimit::no_capture,
       "nothing can be captured here: packets are SKIP, " + judged + " are judged");
  tell(RunLimit::no_tracing, "programs cannot be traced here: tables of their calls are SKIP");
  if (has(limits, RunLimit::reduced_sandbox)) {
    text += "note: " + render_reduced_sandbox(limits) + "\n";
  }
  return text.empty() ? "" : text + "  = help: `wireproof doctor` says what mends it\n";
}

}  // namespace wireproof
