#include "base/system/process_status.h"

#include <sys/types.h>
#include <unistd.h>

#include "catch.h"

namespace wireproof {

TEST_CASE("a process's status has numbers by their names") {
  const ProcessStatus own(::getpid());
  CHECK(own.number("Tgid") == ::getpid());
  CHECK(own.number("PPid") == ::getppid());
  CHECK(own.number("Uid") == ::getuid());  // the first of four
  CHECK(own.number("VmRSS").value_or(0) > 0);
}

TEST_CASE("a field that is not there has no number") {
  const ProcessStatus own(::getpid());
  CHECK_FALSE(own.number("RSS"));    // the end of VmRSS
  CHECK_FALSE(own.number("State"));  // "S (sleeping)": the line has none
}

TEST_CASE("a process that is gone has no fields") {
  constexpr pid_t kNoProcess = -1;
  CHECK_FALSE(ProcessStatus(kNoProcess).number("Tgid"));
}

// As a process's file whose process ends between open() and read(), a folder opens and is not read.
TEST_CASE("a file that opens and cannot be read is empty") {
  CHECK(read_proc_file("/proc/self").empty());
  CHECK_FALSE(read_proc_file("/proc/self/status").empty());
}

}  // namespace wireproof
