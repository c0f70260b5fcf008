#include "base/system/proc.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "base/system/process.h"
#include "base/system/system_call.h"
#include "catch.h"

namespace wireproof {
namespace {

constexpr pid_t kNoProcess = -1;

template <class Values, class Value>
bool has(const Values& values, const Value& value) {
  return std::ranges::find(values, value) != std::ranges::end(values);
}

// A child that waits until its end is told.
class Child {
 public:
  Child()
      : process_(fork_process([this]() -> int {
          gate_.write.reset();
          char byte = 0;
          read_some(gate_.read.get(), &byte, 1);
          return 0;
        })) {}
  ~Child() {
    end();
    ::waitpid(process_, nullptr, 0);
  }
  void end() { gate_.write.reset(); }
  pid_t id() const { return process_; }

 private:
  Pipe gate_ = open_pipe();
  pid_t process_;
};

}  // namespace

TEST_CASE("a process's status has numbers by their names", "[base]") {
  const ProcessStatus own(::getpid());
  CHECK(own.number("Tgid") == ::getpid());
  CHECK(own.number("PPid") == ::getppid());
  CHECK(own.number("Uid") == ::getuid());  // the first of four
  CHECK(own.number("VmRSS").value_or(0) > 0);
}

TEST_CASE("a field that is not there has no number", "[base]") {
  const ProcessStatus own(::getpid());
  CHECK_FALSE(own.number("RSS"));    // the end of VmRSS
  CHECK_FALSE(own.number("State"));  // "S (sleeping)": the line has none
}

TEST_CASE("a process that is gone has nothing", "[base]") {
  CHECK_FALSE(ProcessStatus(kNoProcess).number("Tgid"));
  CHECK_FALSE(read_process_stat(kNoProcess));
  CHECK(list_threads(kNoProcess).empty());
  CHECK(list_children(kNoProcess).value_or(std::vector<pid_t>{}).empty());
  CHECK(list_descriptors(kNoProcess).empty());
  CHECK(read_descriptor(kNoProcess, 0).empty());
}

// As a process's file whose process ends between open() and read(), a folder opens and is not read.
TEST_CASE("a file that opens and cannot be read is empty", "[base]") {
  CHECK(read_proc_file("/proc/self").empty());
  CHECK_FALSE(read_proc_file("/proc/self/status").empty());
  CHECK(read_proc_line("/proc/self/status").starts_with("Name:"));
  CHECK_FALSE(read_proc_line("/proc/self/status").ends_with('\n'));
}

TEST_CASE("a child is found below its parent, with what it is doing", "[base]") {
  Child child;
  CHECK(has(list_processes(), child.id()));
  CHECK(list_threads(child.id()) == std::vector<pid_t>{child.id()});
  if (const auto children = list_children(::getpid())) CHECK(has(*children, child.id()));
  auto stat = read_process_stat(child.id());
  REQUIRE(stat);
  CHECK(stat->parent == ::getpid());
  CHECK(stat->core >= 0);
  CHECK(stat->core < ::sysconf(_SC_NPROCESSORS_CONF));

  child.end();
  siginfo_t ended{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child.id()), &ended, WEXITED | WNOWAIT) == 0);
  stat = read_process_stat(child.id());
  REQUIRE(stat);
  CHECK(stat->state == 'Z');
}

TEST_CASE("a process keeps what the children used that it has waited for", "[base]") {
  const auto before = read_process_stat(::getpid());
  REQUIRE(before);
  { const Child waited_for; }
  const auto after = read_process_stat(::getpid());
  REQUIRE(after);
  CHECK(after->ended_children_faults > before->ended_children_faults);
}

TEST_CASE("descriptors name what they are open on", "[base]") {
  const Pipe pipe = open_pipe();
  const auto own = list_descriptors(::getpid());
  const auto found = std::ranges::find(own, pipe.read.get(), &OpenDescriptor::number);
  REQUIRE(found != own.end());
  CHECK(found->target.starts_with("pipe:["));
  CHECK(read_descriptor(::getpid(), pipe.write.get()) == found->target);
}

TEST_CASE("only a socket has a socket's inode", "[base]") {
  CHECK(parse_socket_target("socket:[4711]") == 4711);
  CHECK_FALSE(parse_socket_target("socket:[]"));
  CHECK_FALSE(parse_socket_target("socket:[12"));
  CHECK_FALSE(parse_socket_target("pipe:[12]"));
  CHECK_FALSE(parse_socket_target(""));
}

}  // namespace wireproof
