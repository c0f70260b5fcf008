#include "machine/host/doctor.h"

#include <unistd.h>

#include <cerrno>

#include "catch.h"
#include "machine/path/path_doctor.h"

namespace wireproof {
namespace {

AttachFacts facts() {
  AttachFacts facts;
  facts.process = 77;
  return facts;
}

}  // namespace

TEST_CASE("what forbids to trace a process is named with what to do", "[host]") {
  AttachFacts traced = facts();
  traced.tracer = 80;
  traced.tracer_name = "gdb";
  AttachFacts others = facts();
  others.same_user = false;
  AttachFacts root = others;
  root.privileged = true;
  AttachFacts yama = facts();
  yama.yama_scope = 1;
  AttachFacts open = facts();
  open.yama_scope = 0;
  AttachFacts locked = root;
  locked.yama_scope = 3;
  struct Case {
    AttachFacts facts;
    int error_number;
    const char* part;
  };
  const Case cases[] = {
      {traced, EPERM, "process 77 is traced already, by process 80 (gdb): end that first"},
      {others, EPERM, "process 77 belongs to another user: run wireproof as that user or as root"},
      {root, EPERM, "the kernel protects process 77"},
      {yama, EPERM, "`sudo sysctl -w kernel.yama.ptrace_scope=0`"},
      {open, EPERM, "the kernel protects process 77"},
      {locked, EPERM, "kernel.yama.ptrace_scope is 3"},
      {facts(), ESRCH, "process 77 has ended"},
      {facts(), ETIMEDOUT, "process 77 does not stop for its tracer"},
      {facts(), ENOMEM, "process 77 cannot be traced: Cannot allocate memory"},
  };
  for (const Case& each : cases) {
    const std::string text = render_attach_refusal(each.facts, each.error_number);
    INFO(text);
    CHECK(text.find(each.part) != std::string::npos);
  }
}

TEST_CASE("the facts about a process are read from /proc", "[host]") {
  const AttachFacts self = read_attach_facts(::getpid());
  CHECK(self.process == ::getpid());
  CHECK(self.tracer == 0);
  CHECK(self.same_user);
  CHECK_FALSE(has_io_uring(::getpid()));
}

TEST_CASE("every lack that the examination finds comes with what was seen", "[host]") {
  MachineReport report = examine_machine();
  CHECK(report.size() == 9);
  report.push_back(examine_path(read_machine_locks()));
  CHECK(report.back().what == "lossy path");
  CHECK(report.back().state != MachineState::missing);
  for (const MachineFinding& finding : report) {
    INFO(finding.what);
    CHECK_FALSE(finding.detail.empty());
    if (finding.state == MachineState::missing) CHECK_FALSE(finding.remedy.empty());
    if (finding.state == MachineState::ok) CHECK(finding.remedy.empty());
  }
}

}  // namespace wireproof
