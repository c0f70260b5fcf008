#include "machine/trace/trace_loop.h"

#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "base/system/proc.h"

// The model (ptrace(2), PTRACE_SEIZE):
// - seccomp stop = a call's entry; the next stop after PTRACE_SYSCALL = its exit; PTRACE_CONT
//   lets a thread run to its next entry. What was attached to has no filter: see trace_attach.cpp.
// - A new thread or process is known by whichever comes first: its creator's event or its own
//   first stop. Its creator stays stopped until then, so nothing that it does next is misread.
// - A request may fail with ESRCH at any time: the thread was killed; wait tells it next.

namespace wireproof {
namespace {

constexpr int kWaitFlags = __WALL | __WNOTHREAD;
constexpr unsigned long kOptions =
    PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK |
    PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT;

// The clock that stamps packets.
Timestamp wall_time() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

// Its parent ends it; until then it does nothing but be signalled.
[[noreturn]] void become_bell() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::close_range(0, ~0U, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (;;) ::pause();
}

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

bool TraceLoop::start_bell() {
  const pid_t bell = ::fork();
  if (bell == 0) become_bell();
  const bool seized = bell > 0 && ::ptrace(PTRACE_SEIZE, bell, 0, PTRACE_O_EXITKILL) == 0;
  const int error_number = errno;
  if (!seized && bell > 0) {
    ::kill(bell, SIGKILL);
    ::waitpid(bell, nullptr, kWaitFlags);
  }
  const std::lock_guard lock(mailbox_.mutex);
  if (seized) {
    bell_ = mailbox_.bell = bell;
  } else {
    mailbox_.error_number = error_number;
    mailbox_.ended = true;
  }
  mailbox_.changed.notify_all();
  return seized;
}

void TraceLoop::run() {
  if (!start_bell()) return;
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
  const pid_t thread = ::waitpid(-1, &status, kWaitFlags | wait_flags);
  if (thread < 0) return errno == EINTR;
  if (thread == 0) return false;
  now_ = wall_time();
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

void TraceLoop::answer_bell() {
  std::vector<StartRequest*> starts;
  std::vector<std::shared_ptr<AttachRequest>> attaches;
  std::uint64_t syncs = 0;
  {
    const std::lock_guard lock(mailbox_.mutex);
    starts.swap(mailbox_.starts);
    attaches.swap(mailbox_.attaches);
    syncs = mailbox_.syncs_asked;
    if (mailbox_.stop && !stopping_) stopping_ = true;
  }
  for (StartRequest* start : starts) start_requested(*start);
  for (const auto& attach : attaches) begin_attach(attach);
  if (stopping_) {
    kill_all();
    return;
  }
  // Whoever asked has seen what the stopped threads did: it belongs into the answer. Not more
  // rounds than needed for each of them, else a busy program could keep the answer back for ever.
  for (std::size_t left = 2 * threads_.size(); left > 0 && handle_next(WNOHANG); --left) {
  }
  await_exits();
  publish_open_calls();
  const std::lock_guard lock(mailbox_.mutex);
  mailbox_.syncs_done = syncs;
  mailbox_.changed.notify_all();
}

// The kernel closes the sockets of a process that exits, and sends their FINs, before the tracer is
// told of its end: whoever asks because of a FIN must find the exit that caused it.
void TraceLoop::await_exits() {
  std::set<pid_t> exiting;
  for (const auto& [id, process] : processes_) {
    if (process->end) exiting.insert(id);
  }
  const auto is_left = [this](pid_t id) {
    const auto process = processes_.find(id);
    return process != processes_.end() && process->second->end;
  };
  while (std::ranges::any_of(exiting, is_left) && handle_next(0)) {
  }
}

void TraceLoop::start_requested(StartRequest& request) {
  int error_number = 0;
  if (::ptrace(PTRACE_SEIZE, request.process, 0, kOptions) != 0) error_number = errno;
  if (error_number == 0) {
    Process& process = add_process(request.process, request.target, nullptr);
    process.threads.insert(request.process);
    threads_[request.process].process = request.process;
    publish();
  }
  const std::lock_guard lock(mailbox_.mutex);
  mailbox_.end_statuses.erase(request.process);  // of an earlier process with this id
  request.error_number = error_number;
  request.done = true;
  mailbox_.changed.notify_all();
}

TraceLoop::Process& TraceLoop::add_process(pid_t process, TraceTarget target,
                                           const Process* parent) {
  auto& added = processes_[process];
  added = std::make_unique<Process>(
      Process{TracedProcess(process, std::move(target.actor), target.side, mailbox_.no_fork),
              {},
              {},
              parent != nullptr && parent->attached});
  // What was started holds what this process held, until it closes it: its own affair from the
  // first call on that names it.
  if (parent != nullptr) reader_.begin(added->traced, parent->traced, now_);
  return *added;
}

TraceLoop::Thread* TraceLoop::adopt(pid_t thread) {
  if (const auto known = threads_.find(thread); known != threads_.end()) return &known->second;
  const auto family = read_family(thread);
  if (!family) return nullptr;
  auto process = processes_.find(family->process);
  if (process == processes_.end()) {
    // Its parent may have ended already; the actor is that of any relative then.
    auto parent = processes_.find(family->parent);
    if (parent == processes_.end()) parent = processes_.begin();
    if (parent == processes_.end()) return nullptr;
    const Process& relative = *parent->second;
    add_process(family->process, {relative.traced.actor, relative.traced.side}, &relative);
    process = processes_.find(family->process);
  }
  process->second->threads.insert(thread);
  Thread& added = threads_[thread];
  added.process = family->process;
  const bool attached = process->second->attached;
  if (attachment_ && attached) attachment_->awaited.insert(thread);
  if (stopping_ && !attached) ::kill(family->process, SIGKILL);
  return &added;
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

void TraceLoop::handle_event(pid_t id, int event, int signal) {
  switch (event) {
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
      // Before its creator goes on and closes what they both hold now.
      if (const pid_t child = event_message(id); child > 0) adopt(child);
      break;
    case PTRACE_EVENT_EXEC:
      change_program(id);
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

void TraceLoop::publish() {
  for (DescriptorEvent& event : book_.take_events()) batch_.descriptors.push_back(event);
  if (batch_.calls.empty() && batch_.descriptors.empty() && batch_.notes.empty()) return;
  const std::lock_guard lock(mailbox_.mutex);
  // Whoever reads is told once: a call to the kernel at every stop would slow what is traced.
  const TraceBatch& waiting = mailbox_.batch;
  const bool is_told =
      !waiting.calls.empty() || !waiting.descriptors.empty() || !waiting.notes.empty();
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    from.clear();
  };
  append(mailbox_.batch.calls, batch_.calls);
  append(mailbox_.batch.descriptors, batch_.descriptors);
  append(mailbox_.batch.notes, batch_.notes);
  if (!is_told) ::eventfd_write(mailbox_.readable.get(), 1);
}

void TraceLoop::publish_open_calls() {
  std::vector<SocketCall> open;
  for (const auto& [id, thread] : threads_) {
    if (thread.call && thread.call->logged) open.push_back(thread.call->call);
    for (const OpenCall& interrupted : thread.interrupted) {
      if (interrupted.logged) open.push_back(interrupted.call);
    }
  }
  sort_by_order(open);
  const std::lock_guard lock(mailbox_.mutex);
  mailbox_.open_calls = std::move(open);
}

void TraceLoop::kill_all() {
  stopping_ = true;
  for (const auto& [id, process] : processes_) {
    if (!process->attached) ::kill(id, SIGKILL);
  }
  if (bell_ > 0) ::kill(bell_, SIGKILL);
}

}  // namespace wireproof
