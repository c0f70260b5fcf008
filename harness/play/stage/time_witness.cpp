#include "play/stage/time_witness.h"

#include <unistd.h>

#include <algorithm>

namespace wireproof {
namespace {

constexpr const char* kForCpu = " for a CPU";

// "" where it is no more than a tenth.
std::string render_missing(const std::string& what, Duration missing, const std::string& why,
                           Duration allowed) {
  if (machine_gave_time(missing, allowed)) return "";
  return what + " " + render_milliseconds(missing) + why + " (more than a tenth of " +
         render_duration(allowed) + ")";
}

}  // namespace

TimeWitness::TimeWitness(const StageServer& server, const StallWatch& stalls, Duration allowed)
    : server_(server),
      first_process_(server.process()),
      stalls_(stalls),
      allowed_(allowed),
      own_before_(own_waited()),
      server_before_(read_server()),
      cpu_before_(first_process_ > 0 ? read_cpu_time_of_tree(first_process_) : Duration(0)),
      still_before_(stalls.stood_still()),
      stopped_before_(stalls.was_stopped()) {}

void TimeWitness::note_vain_wait(Duration ran, Duration limit) {
  server_waited_ = std::max(server_waited_, server_waited());
  const bool ran_in_vain = had_its_time(ran, allowed_);
  const bool is_at_work = !is_resting();
  had_its_time_ = had_its_time_ && ran_in_vain;
  needs_no_time_ = needs_no_time_ && (ran_in_vain || !is_at_work);
  // Not even with all that it used before.
  const bool lacked = is_at_work && server_.process() > 0 && !had_its_time(cpu_used(), limit);
  if (lacked && lacked_of_ == Duration(0)) lacked_of_ = limit;
}

void TimeWitness::note_lacking_client(Duration lacked, Duration limit) {
  if (!client_missing_.empty()) return;
  client_missing_ =
      render_missing("a step ran out of time, but the client waited", lacked, kForCpu, limit);
}

std::string TimeWitness::find_missing(bool ran_out) const {
  const std::string still = render_missing("the machine stood still for",
                                           stalls_.stood_still() - still_before_, "", allowed_);
  if (!still.empty()) return still;
  const std::string stopped = render_missing("the server was stopped by a signal for",
                                             stalls_.was_stopped() - stopped_before_, "", allowed_);
  if (!stopped.empty() || !ran_out) return stopped;
  if (!had_its_time_) {
    const Duration waited = std::max(server_waited_, server_waited());
    const std::string server =
        render_missing("a step ran out of time, but the server waited", waited, kForCpu, allowed_);
    if (!server.empty()) return server;
  }
  // The kernel counts what a thread waits for a CPU once it has one.
  if (lacked_of_ > Duration(0)) {
    return "a step ran out of time while the server was at work, after less than a tenth of " +
           render_duration(lacked_of_) + " on a CPU";
  }
  if (!client_missing_.empty() || needs_no_time_) return client_missing_;
  return render_missing("a step ran out of time, but wireproof waited", own_waited() - own_before_,
                        kForCpu, allowed_);
}

Duration TimeWitness::own_waited() const {
  return read_cpu_account(::getpid()).waited - stalls_.waited();
}

Duration TimeWitness::server_waited() const {
  return read_server().waited - (is_first() ? server_before_.waited : Duration(0));
}

CpuAccount TimeWitness::read_server() const {
  const pid_t process = server_.process();
  if (process <= 0) return {};
  return read_cpu_account_of_tree(process);
}

Duration TimeWitness::cpu_used() const {
  return read_cpu_time_of_tree(server_.process()) - (is_first() ? cpu_before_ : Duration(0));
}

bool TimeWitness::is_resting() const {
  const pid_t process = server_.process();
  return process > 0 && is_tree_asleep(process);
}

}  // namespace wireproof
