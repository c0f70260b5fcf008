#include <sched.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "base/system/proc.h"
#include "machine/trace/trace_loop.h"

// What a single thread's stops mean: calls that begin, are interrupted, are gone on with and end;
// threads that vanish.

namespace wireproof {

void CoreFollower::follow(pid_t thread) {
  if (stops_++ % kEvery != 0) return;
  const auto stat = read_process_stat(thread);
  if (!stat || stat->core < 0 || stat->core == core_ || stat->core >= CPU_SETSIZE) return;
  core_ = stat->core;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(core_), &cores);
  ::sched_setaffinity(0, sizeof cores, &cores);  // of this thread; where refused it stays
}

// With a filter it is an exit, since entries stop there.
void TraceLoop::stop_at_call(pid_t id, Thread& thread) {
  if (process_of(thread).attached && read_call_entry(id)) {
    enter_call(id, thread);
  } else {
    leave_call(id, thread);
  }
}

void TraceLoop::enter_call(pid_t id, Thread& thread) {
  const auto entry = read_call_entry(id);
  if (!entry) {
    resume(id, thread);
    return;
  }
  core_.follow(id);
  Process& process = process_of(thread);
  if (entry->architecture == native_architecture() && entry->number < kForeignNumbers) {
    enter_known_call(id, thread, *entry);
  } else if (!process.noted_architecture) {
    process.noted_architecture = true;
    batch_.notes.push_back("process " + std::to_string(process.traced.id) +
                           " makes system calls of another architecture: they are not shown");
  }
  resume(id, thread);
}

void TraceLoop::enter_known_call(pid_t id, Thread& thread, const CallEntry& entry) {
  const SystemCall* system_call = find_system_call(entry.number);
  if (system_call == nullptr) return;
  std::vector<OpenCall>& interrupted = thread.interrupted;
  if (system_call->shape == CallShape::return_from_signal) {
    thread.returns_from_signal = !interrupted.empty();
    return;
  }
  if (system_call->shape == CallShape::start) {
    trace_what_is_started(id, entry);
    return;
  }
  if (system_call->shape == CallShape::io_uring) {
    refuse_io_uring(id, thread);
    return;
  }
  // The kernel goes on with a call by itself: the same call again, or restart_syscall(2).
  const bool restarts = !interrupted.empty() && (system_call->shape == CallShape::restart ||
                                                 interrupted.back().entry == entry);
  if (restarts) {
    thread.call = std::move(interrupted.back());
    interrupted.pop_back();
  } else {
    thread.call = reader_.enter(process_of(thread).traced, id, entry, now_);
  }
}

void TraceLoop::leave_call(pid_t id, Thread& thread) {
  auto exit = read_call_exit(id);
  if (exit && exit->result == -EINTR && mend_needless_interruption(id)) exit = read_call_exit(id);
  if (exit && thread.returns_from_signal) {
    leave_signal(thread, *exit);
  } else if (exit && thread.call) {
    OpenCall call = std::move(*thread.call);
    thread.call.reset();
    if (is_interrupted(*exit)) {
      call.call.returned = now_;  // in case that it ends with EINTR
      thread.interrupted.push_back(std::move(call));
    } else {
      if (call.system_call->shape == CallShape::privilege) note_refusal(call, *exit);
      reader_.leave(process_of(thread).traced, std::move(call), *exit, now_);
    }
  }
  resume(id, thread);
}

// The result that the thread goes on with is that of the call which the signal interrupted:
// EINTR, or whatever lets it make the call again.
void TraceLoop::leave_signal(Thread& thread, const CallExit& exit) {
  thread.returns_from_signal = false;
  if (thread.interrupted.empty() || exit.result != -EINTR) return;
  OpenCall call = std::move(thread.interrupted.back());
  thread.interrupted.pop_back();
  const Timestamp returned = call.call.returned.value_or(now_);
  reader_.leave(process_of(thread).traced, std::move(call), {-EINTR, true}, returned);
}

// Of what was attached to it is its own affair: it is not in a namespace of ours.
void TraceLoop::note_refusal(const OpenCall& call, const CallExit& exit) {
  const Process& process = *processes_.at(static_cast<pid_t>(call.call.process));
  if (!exit.failed || process.attached) return;
  const int error_number = static_cast<int>(-exit.result);
  if (error_number != EPERM && error_number != EINVAL) return;
  batch_.refusals.push_back({call.call.actor, call.call.name, call.call.process, error_number});
}

// A program that runs already is not to be disturbed: it gets its ring, and the user a note.
void TraceLoop::refuse_io_uring(pid_t id, Thread& thread) {
  const std::string process = "process " + std::to_string(thread.process);
  if (process_of(thread).attached) {
    batch_.notes.push_back(process + " uses io_uring: calls made through it are not seen");
    return;
  }
  answer_not_implemented(id);
  batch_.notes.push_back(
      process +
      " asked for io_uring, whose calls cannot be traced: io_uring_setup was answered ENOSYS");
}

void TraceLoop::begin_exit(pid_t id) {
  Thread& thread = threads_.at(id);
  thread.exits = true;
  Process& process = process_of(thread);
  const auto left = std::ranges::find_if(process.threads,
                                         [this](pid_t other) { return !threads_.at(other).exits; });
  if (left == process.threads.end()) {
    if (!process.end) process.end = reader_.begin_end(process.traced, now_);
  } else if (process.traced.probe.thread() == id) {
    process.traced.probe.follow(*left);
  }
}

// execve(2): all other threads are gone, and the caller has the process's id now.
void TraceLoop::change_program(pid_t id, pid_t caller) {
  Process& process = process_of(threads_.at(id));
  for (const pid_t other : process.threads) {
    if (other == caller) continue;
    abandon_calls(threads_.at(other), 0);
    if (other != id) threads_.erase(other);
  }
  if (caller != id && threads_.contains(caller)) {
    threads_.at(id) = std::move(threads_.at(caller));
    threads_.erase(caller);
  }
  Thread& thread = threads_.at(id);
  abandon_calls(thread, 0);  // interrupted by a signal whose handler called exec
  thread.exits = false;
  process.end.reset();
  process.threads = {id};
  process.traced.probe.follow(id);
  reader_.check_after_exec(process.traced, now_);
}

void TraceLoop::abandon_calls(Thread& thread, int signal) {
  if (thread.call) reader_.abandon(std::move(*thread.call), signal);
  thread.call.reset();
  for (OpenCall& call : thread.interrupted) {
    call.call.returned.reset();
    reader_.abandon(std::move(call), signal);
  }
  thread.interrupted.clear();
  thread.returns_from_signal = false;
}

void TraceLoop::end_thread(pid_t id, int status) {
  const auto found = threads_.find(id);
  if (found == threads_.end()) return;
  abandon_calls(found->second, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  const pid_t process_id = found->second.process;
  threads_.erase(found);
  Process& process = *processes_.at(process_id);
  process.threads.erase(id);
  if (id != process_id) return;  // the leader's end is told last, and is the process's
  if (!process.end) process.end = reader_.begin_end(process.traced, now_);
  reader_.finish_end(std::move(*process.end), status, now_);
  for (const pid_t other : process.threads) threads_.erase(other);
  book_.forget(process_id);
  processes_.erase(process_id);
  publish();  // whoever waits for the end finds all calls
  const std::lock_guard lock(mailbox_.mutex);
  mailbox_.end_statuses[process_id] = status;
  mailbox_.changed.notify_all();
}

}  // namespace wireproof
