#include "machine/host/stall_watch.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <utility>

#include "base/system/deadline.h"
#include "base/system/proc.h"
#include "base/system/process.h"
#include "base/text/words.h"
#include "machine/host/child_processes.h"

namespace wireproof {
namespace {

// The second number of schedstat: nanoseconds runnable without a CPU. Zero where the kernel keeps
// no statistics.
Duration read_waited(int statistics) {
  std::array<char, 128> text{};
  const ssize_t size = ::pread(statistics, text.data(), text.size(), 0);
  if (size <= 0) return Duration(0);
  const auto fields = split_words({text.data(), static_cast<std::size_t>(size)});
  if (fields.size() < 2) return Duration(0);
  return Duration(parse_number<std::int64_t>(fields[1]).value_or(0));
}

}  // namespace

StallWatch::StallWatch()
    : end_(check_descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "open an eventfd")) {
  {
    const SignalsBlocked blocked;
    std::mutex& looking = no_fork_while(SideThread::stall_watch);
    thread_ =
        std::thread([this, &looking, begun = Deadline::Clock::now()] { run(looking, begun); });
  }
  is_running_.wait(false);  // a thread that begins allocates, and holds no lock yet
}

StallWatch::~StallWatch() {
  constexpr std::uint64_t kOne = 1;
  while (::write(end_.get(), &kOne, sizeof kOne) < 0 && errno == EINTR) continue;
  thread_.join();
}

// The thread that looks may be the last one to go on.
Duration StallWatch::stood_still() const {
  const Duration now = Deadline::Clock::now().time_since_epoch();
  for (Duration::rep looked = looked_; now - Duration(looked) > 2 * kTick; looked = looked_) {
    looked_.wait(looked);
  }
  return Duration(stood_still_.load());
}

// `looking` keeps forks apart.
void StallWatch::run(std::mutex& looking, Deadline::Clock::time_point begun) {
  const UniqueFd statistics(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC));
  Duration waited{};
  looked_ = begun.time_since_epoch().count();
  is_running_ = true;
  is_running_.notify_one();
  while (true) {
    pollfd end{end_.get(), POLLIN, 0};
    const int ready = ::poll(&end, 1, static_cast<int>(kTick.count()));
    if (ready != 0 && (ready > 0 || errno != EINTR)) break;
    const std::lock_guard lock(looking);
    const auto ended = Deadline::Clock::now();
    const Duration waited_now = read_waited(statistics.get());
    look(ended - begun - kTick, waited_now - waited);
    begun = ended;
    waited = waited_now;
    looked_ = ended.time_since_epoch().count();
    looked_.notify_all();
  }
  looked_ = Duration::max().count();  // nobody waits for one that has ended
  looked_.notify_all();
}

void StallWatch::look(Duration late, Duration waited) {
  waited_ += waited.count();
  if (late - waited > kTick) stood_still_ += (late - waited).count();
  if (finds_stopped()) was_stopped_ += (late + kTick).count();
}

// Whether a process is stopped that was found so one look before, and has not run in between: under
// a tracer, each of its calls stops a process for a moment.
bool StallWatch::finds_stopped() {
  const pid_t watched = watched_;
  std::map<pid_t, std::int64_t> found;
  bool any = false;
  if (watched > 0) {
    std::vector<pid_t> processes = descendant_processes(watched);
    processes.push_back(watched);
    for (const pid_t process : processes) {
      const auto stat = read_process_stat(process);
      if (!stat || (stat->state != 'T' && stat->state != 't')) continue;
      const ProcessStatus status(process);
      const std::int64_t switches = status.number("voluntary_ctxt_switches").value_or(0) +
                                    status.number("nonvoluntary_ctxt_switches").value_or(0);
      const auto before = switches_.find(process);
      any = any || (before != switches_.end() && before->second == switches);
      found.emplace(process, switches);
    }
  }
  switches_ = std::move(found);
  return any;
}

}  // namespace wireproof
