#include "play/stage/time_witness.h"

#include <unistd.h>

#include "machine/host/child_processes.h"

namespace wireproof {
namespace {

// "" where it is no more than a tenth.
std::string render_missing(const std::string& what, Duration missing, const std::string& why,
                           Duration allowed) {
  if (machine_gave_time(missing, allowed)) return "";
  return what + " " + render_milliseconds(missing) + why + " (more than a tenth of " +
         render_duration(allowed) + ")";
}

}  // namespace

TimeWitness::TimeWitness(const StageServer& server, StallWatch& stalls)
    : server_(server),
      first_process_(server.process()),
      stalls_(stalls),
      own_before_(own_waited()),
      server_before_(server_waited()),
      still_before_(stalls.stood_still()),
      stopped_before_(stalls.was_stopped()) {
  stalls.watch(first_process_);
}

std::string TimeWitness::find_missing(Duration allowed, bool ran_out) const {
  const std::string still = render_missing("the machine stood still for",
                                           stalls_.stood_still() - still_before_, "", allowed);
  if (!still.empty()) return still;
  const std::string stopped = render_missing("the server was stopped by a signal for",
                                             stalls_.was_stopped() - stopped_before_, "", allowed);
  if (!stopped.empty() || !ran_out) return stopped;
  constexpr const char* kForCpu = " for a CPU";
  const std::string own = render_missing("a step ran out of time, but wireproof waited",
                                         own_waited() - own_before_, kForCpu, allowed);
  if (!own.empty()) return own;
  // One that was started anew has an account of its own.
  const Duration before = server_.process() == first_process_ ? server_before_ : Duration(0);
  return render_missing("a step ran out of time, but the server waited", server_waited() - before,
                        kForCpu, allowed);
}

Duration TimeWitness::own_waited() const {
  return read_cpu_account(::getpid()).waited - stalls_.waited();
}

Duration TimeWitness::server_waited() const {
  const pid_t process = server_.process();
  if (process <= 0) return Duration(0);
  return server_.is_tree() ? read_cpu_account_of_tree(process).waited
                           : read_cpu_account(process).waited;
}

}  // namespace wireproof
