#pragma once

#include <sys/types.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "base/system/deadline.h"
#include "base/system/system_call.h"
#include "base/text/time.h"

namespace wireproof {

// Notices time that no scheduler tells of: in which this process did not run although it had
// something to do and a CPU (a frozen cgroup, a paused container or virtual machine, SIGSTOP), and
// in which a watched one was stopped. A thread looks every kTick; what is shorter than twice that
// may be missed, and nothing is said of a process that sleeps.
class StallWatch {
 public:
  static constexpr std::chrono::milliseconds kTick{20};

  // From now on. Throws SystemError, or std::system_error where there can be no further thread.
  StallWatch();
  ~StallWatch();
  StallWatch(const StallWatch&) = delete;
  StallWatch& operator=(const StallWatch&) = delete;

  // Of this process, all of it, until now: a look that is overdue is waited for.
  Duration stood_still() const;
  // How long the watch's own thread waited for a CPU: no time that anybody needed, but in the
  // account of the process (read_cpu_account).
  Duration waited() const { return Duration(waited_.load()); }

  // Watches a process from now on, with all that descend from it, instead of the one before.
  void watch(pid_t process) { watched_ = process; }
  // In which at least one process that was watched had been stopped by a signal (T of proc(5)).
  Duration was_stopped() const { return Duration(was_stopped_.load()); }

 private:
  void run(std::mutex& looking, Deadline::Clock::time_point begun);
  void look(Duration late, Duration waited);
  bool finds_stopped();

  UniqueFd end_;                           // eventfd: readable when the thread shall end
  std::atomic<Duration::rep> looked_ = 0;  // since the clock's begin
  std::atomic<Duration::rep> stood_still_ = 0;
  std::atomic<Duration::rep> waited_ = 0;
  std::atomic<Duration::rep> was_stopped_ = 0;
  std::atomic<pid_t> watched_ = 0;
  std::atomic<bool> is_running_ = false;
  std::map<pid_t, std::int64_t> switches_;  // of those found stopped: their context switches
  std::thread thread_;
};

}  // namespace wireproof
