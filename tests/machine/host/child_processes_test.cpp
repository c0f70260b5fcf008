#include "machine/host/child_processes.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <ctime>
#include <future>
#include <thread>

#include "base/system/system_call.h"
#include "catch.h"

namespace wireproof {
namespace {

// Uses the CPU for that long, by the clock of the thread.
void burn(Duration duration) {
  timespec now{};
  do {
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  } while (std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec) < duration);
}

}  // namespace

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""ns;

TEST_CASE("what a process opens and starts is counted, and no longer when it is closed", "[host]") {
  const ProcessUse before = read_process_use_of_tree(::getpid());
  CHECK(before.descriptors >= 3);
  CHECK(before.resident_bytes > 0);
  {
    std::array<int, 2> ends{};
    check_call(::pipe(ends.data()), "pipe");
    const UniqueFd read(ends[0]);
    const UniqueFd write(ends[1]);
    // A thread opens files while it starts.
    std::promise<void> begun;
    std::promise<void> over;
    std::thread thread([&] {
      begun.set_value();
      over.get_future().wait();
    });
    begun.get_future().wait();
    const ProcessUse during = read_process_use_of_tree(::getpid());
    over.set_value();
    thread.join();
    CHECK(during.descriptors == before.descriptors + 2);
    CHECK(during.threads == before.threads + 1);
  }
  CHECK(read_process_use_of_tree(::getpid()).descriptors == before.descriptors);
}

TEST_CASE("memory counts when it is used, not when it is asked for", "[host]") {
  constexpr std::size_t kSize = 64UL << 20;
  void* const memory =
      ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  const ProcessUse before = read_process_use_of_tree(::getpid());
  std::memset(memory, 1, kSize);
  const ProcessUse after = read_process_use_of_tree(::getpid());
  ::munmap(memory, kSize);
  CHECK(after.resident_bytes - before.resident_bytes > std::int64_t{60} << 20);
}

TEST_CASE("CPU time of threads and children that have ended counts", "[host]") {
  static constexpr Duration kThread = std::chrono::milliseconds(5);
  constexpr Duration kChild = std::chrono::milliseconds(30);
  const ProcessUse before = read_process_use_of_tree(::getpid());
  std::thread([] { burn(kThread); }).join();
  const ProcessUse between = read_process_use_of_tree(::getpid());
  CHECK(between.cpu - before.cpu >= kThread);
  const pid_t child = ::fork();
  if (child == 0) {
    burn(kChild);
    ::_exit(0);
  }
  siginfo_t state{};
  ::waitid(P_PID, static_cast<id_t>(child), &state, WEXITED | WNOWAIT);
  // Not waited for yet: it is a process still.
  CHECK(read_process_use_of_tree(::getpid()).threads == before.threads + 1);
  ::waitpid(child, nullptr, 0);
  // The kernel counts the time of such children in ticks of 10 ms.
  CHECK(read_process_use_of_tree(::getpid()).cpu - between.cpu >= kChild * 2 / 3);
}

TEST_CASE("a process that is gone holds nothing", "[host]") {
  constexpr pid_t kBeyondAll = (1 << 22) + 1;  // PID_MAX_LIMIT is 2^22
  CHECK(read_process_use_of_tree(kBeyondAll) == ProcessUse{});
}

TEST_CASE("the machine gave time when at most a tenth of it was spent waiting for a CPU",
          "[host]") {
  CHECK(machine_gave_time(0s, 2s));
  CHECK(machine_gave_time(200ms, 2s));
  CHECK_FALSE(machine_gave_time(200ms + 1ns, 2s));
}

TEST_CASE("a tenth of a wait on the CPU is all the time that an answer needs", "[host]") {
  CHECK(had_its_time(200ms, 2s));
  CHECK(had_its_time(3s, 2s));
  CHECK_FALSE(had_its_time(200ms - 1ns, 2s));
  CHECK_FALSE(had_its_time(-1s, 2s));
}

TEST_CASE("a process that is gone has no account of its CPU time", "[host]") {
  constexpr pid_t kBeyondAll = 1 << 30;  // PID_MAX_LIMIT is 2^22
  CHECK(read_cpu_account(kBeyondAll) == CpuAccount{});
}

}  // namespace wireproof
