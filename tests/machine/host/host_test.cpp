#include "catch.h"
#include "machine/host/child_processes.h"
#include "machine/host/doctor.h"

namespace wireproof {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""ns;

TEST_CASE("the machine gave time when at most a tenth of it was spent waiting for a CPU",
          "[host]") {
  CHECK(machine_gave_time(0s, 2s));
  CHECK(machine_gave_time(200ms, 2s));
  CHECK_FALSE(machine_gave_time(200ms + 1ns, 2s));
}

TEST_CASE("a process that is gone has no account of its CPU time", "[host]") {
  constexpr pid_t kBeyondAll = 1 << 30;  // PID_MAX_LIMIT is 2^22
  CHECK(read_cpu_account(kBeyondAll) == CpuAccount{});
}

TEST_CASE("every lack that the examination finds comes with what was seen", "[host]") {
  const MachineReport report = examine_machine();
  CHECK(report.size() == 8);
  for (const MachineFinding& finding : report) {
    INFO(finding.what);
    CHECK_FALSE(finding.detail.empty());
    if (finding.state == MachineState::missing) CHECK_FALSE(finding.remedy.empty());
    if (finding.state == MachineState::ok) CHECK(finding.remedy.empty());
  }
}

}  // namespace wireproof
