#include "machine/trace/trace_loop.h"

#include <sys/ptrace.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <exception>
#include <utility>

#include "base/system/proc.h"

// The model (ptrace(2), PTRACE_SEIZE):
// - seccomp stop = a call's entry; the next stop after PTRACE_SYSCALL = its exit; PTRACE_CONT
//   lets a thread run to its next entry. What was attached to has no filter: see
//   trace_requests.cpp.
// - A new thread or process is known by whichever comes first: its creator's event or its own
//   first stop. Its creator stays stopped until then, so nothing that it does next is misread.
// - A request may fail with ESRCH at any time: the thread was killed; wait tells it next.

namespace wireproof {
namespace {

struct Family {
  pid_t process = -1;
  pid_t parent = -1;
};

// Of a thread; nothing when it is gone.
std::optional<Family> read_family(pid_t thread) {
  const ProcessStatus status(thread);
  const auto process = status.number("Tgid");
  const auto parent = status.number("PPid");
  if (!process || !parent) return std::nullopt;
  return Family{static_cast<pid_t>(*process), static_cast<pid_t>(*parent)};
}

pid_t event_message(pid_t thread) {
  unsigned long message = 0;
  if (::ptrace(PTRACE_GETEVENTMSG, thread, 0, &message) != 0) return -1;
  return static_cast<pid_t>(message);
}

}  // namespace

void run_tracing(TraceMailbox& mailbox, const std::function<void()>& loop) {
  try {
    loop();
  } catch (const std::exception& error) {
    const std::lock_guard lock(mailbox.mutex);
    mailbox.failure = error.what();
    mailbox.ended = true;
    mailbox.changed.notify_all();
  }
}

void TraceLoop::run() {
  if (!start_bell()) return;
  working_.lock();
  while (!is_done() && handle_next(0)) {
  }
  let_go();
  const std::lock_guard lock(mailbox_.mutex);
  mailbox_.ended = true;
  mailbox_.changed.notify_all();
}

// What it was attached to has no end to wait for.
bool TraceLoop::is_done() const {
  const auto is_attached = [](const auto& entry) { return entry.second->attached; };
  return stopping_ && bell_ < 0 && !processes_.empty() &&
         std::ranges::all_of(processes_, is_attached);
}

// False when nothing is traced any more; with WNOHANG also when nothing has stopped.
bool TraceLoop::handle_next(int wait_flags) {
  int status = 0;
  working_.unlock();
  const pid_t thread = ::waitpid(-1, &status, kWaitFlags | wait_flags);
  const int error_number = errno;
  working_.lock();
  if (thread < 0) return error_number == EINTR;
  if (thread == 0) return false;
  now_ = std::chrono::system_clock::now();
  if (thread != bell_) {
    handle(thread, status);
    publish();
  } else if (WIFSTOPPED(status)) {
    answer_bell();
    ::ptrace(PTRACE_CONT, bell_, 0, 0);
  } else {
    // Somebody ended the bell: without it nobody could be heard.
    bell_ = -1;
    kill_all();
  }
  return true;
}

TraceLoop::Process& TraceLoop::add_process(pid_t process, TraceTarget target,
                                           const Process* parent) {
  auto& added = processes_[process];
  added = std::make_unique<Process>(
      Process{TracedProcess(process, std::move(target.actor), target.side),
              {},
              {},
              0,
              parent != nullptr && parent->attached});
  // What was started holds what this process held, until it closes it: its own affair from the
  // first call on that names it.
  if (parent != nullptr) added->place = reader_.begin(added->traced, parent->traced);
  return *added;
}

TraceLoop::Thread* TraceLoop::adopt(pid_t thread) {
  if (const auto known = threads_.find(thread); known != threads_.end()) return &known->second;
  const auto family = read_family(thread);
  if (!family) return nullptr;
  if (!processes_.contains(family->process) && !adopt_process(family->process, family->parent)) {
    return nullptr;
  }
  const auto process = processes_.find(family->process);
  process->second->threads.insert(thread);
  Thread& added = threads_[thread];
  added.process = family->process;
  const bool attached = process->second->attached;
  if (attachment_ && attached) attachment_->awaited.insert(thread);
  if (stopping_ && !attached) ::kill(family->process, SIGKILL);
  return &added;
}

// False: nobody is known whose it could be.
bool TraceLoop::adopt_process(pid_t process, pid_t parent) {
  auto relative = processes_.find(parent);
  if (relative == processes_.end()) {
    // Its parent has ended already. A program that was started has a process group of its own.
    if (const auto started = started_.find(::getpgid(process)); started != started_.end()) {
      reader_.begin(add_process(process, started->second, nullptr).traced);
      return true;
    }
    relative = processes_.begin();  // it has left the group: any relative's
  }
  if (relative == processes_.end()) return false;
  const Process& known = *relative->second;
  add_process(process, {known.traced.actor, known.traced.side}, &known);
  return true;
}

void TraceLoop::handle(pid_t thread, int status) {
  if (WIFSTOPPED(status)) {
    handle_stop(thread, status);
  } else {
    end_thread(thread, status);
    if (attachment_ && attachment_->awaited.erase(thread) != 0) go_on_attaching();
  }
}

void TraceLoop::handle_stop(pid_t id, int status) {
  Thread* thread = adopt(id);
  const int signal = WSTOPSIG(status);
  const int event = status >> 16;
  if (thread == nullptr) {
    ::ptrace(PTRACE_CONT, id, 0, 0);
  } else if (attachment_ && park(id, event, signal)) {
    go_on_attaching();
  } else if (event == PTRACE_EVENT_SECCOMP) {
    enter_call(id, *thread);
  } else if (event != 0) {
    handle_event(id, event, signal);
  } else if (signal == kSyscallStop) {
    stop_at_call(id, *thread);
  } else {
    resume(id, *thread, signal);  // passed on
  }
}

// Its first stop may have told of it already; a thread is no process.
void TraceLoop::see_creation(pid_t id, int event, pid_t child) {
  adopt(child);
  const auto created = processes_.find(child);
  if (created == processes_.end() || created->second->place == 0) return;
  const std::uint64_t place = std::exchange(created->second->place, 0);
  const char* const name = event == PTRACE_EVENT_FORK    ? "fork"
                           : event == PTRACE_EVENT_VFORK ? "vfork"
                                                         : "clone";
  reader_.note_fork(process_of(threads_.at(id)).traced, {id, name, child, place}, now_);
}

void TraceLoop::handle_event(pid_t id, int event, int signal) {
  switch (event) {
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
      // Before its creator goes on and closes what they both hold now.
      if (const pid_t child = event_message(id); child > 0) see_creation(id, event, child);
      break;
    case PTRACE_EVENT_EXEC:
      change_program(id, event_message(id));
      break;
    case PTRACE_EVENT_EXIT:
      begin_exit(id);
      break;
    case PTRACE_EVENT_STOP:
      resume_from_stop(id, threads_.at(id), signal);
      return;
    default:
      break;
  }
  resume(id, threads_.at(id));
}

// A process that was stopped by a signal stays so until SIGCONT.
void TraceLoop::resume_from_stop(pid_t id, const Thread& thread, int signal) {
  if (process_of(thread).attached) mend_needless_interruption(id);
  if (is_group_stop(signal)) {
    ::ptrace(PTRACE_LISTEN, id, 0, 0);
  } else {
    resume(id, thread);
  }
}

// Without a filter every entry and exit of a call is a stop.
void TraceLoop::resume(pid_t id, const Thread& thread, int signal) {
  const bool to_next_call =
      thread.call.has_value() || thread.returns_from_signal || process_of(thread).attached;
  ::ptrace(to_next_call ? PTRACE_SYSCALL : PTRACE_CONT, id, 0, signal);
}

}  // namespace wireproof
