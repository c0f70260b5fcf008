#include "play/stage/cpu_witness.h"

#include <unistd.h>

#include "machine/host/process_use.h"

namespace wireproof {
namespace {

std::string render_starvation(const std::string& who, Duration waited, Duration allowed) {
  return "a step ran out of time, but " + who + " waited " + render_milliseconds(waited) +
         " for a CPU (more than a tenth of " + render_duration(allowed) + ")";
}

}  // namespace

CpuWitness::CpuWitness(pid_t server, Scope scope)
    : server_(server),
      scope_(scope),
      own_before_(read_cpu_account(::getpid()).waited),
      server_before_(server_waited()) {}

Duration CpuWitness::server_waited() const {
  if (server_ <= 0) return Duration(0);
  return scope_ == Scope::tree ? read_cpu_account_of_tree(server_).waited
                               : read_cpu_account(server_).waited;
}

std::string CpuWitness::find_starvation(Duration allowed) const {
  const Duration own = read_cpu_account(::getpid()).waited - own_before_;
  if (!machine_gave_time(own, allowed)) return render_starvation("wireproof", own, allowed);
  const Duration server = server_waited() - server_before_;
  if (!machine_gave_time(server, allowed)) return render_starvation("the server", server, allowed);
  return "";
}

}  // namespace wireproof
