#include <poll.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>

#include "base/system/proc.h"
#include "machine/trace/trace_loop.h"

// Processes that run already. They have no filter, and none can be given to them: each of their
// calls stops twice (PTRACE_SYSCALL), and what is not in the table goes on at once. They are traced
// without PTRACE_O_EXITKILL, so that the kernel lets go of them whenever the tracing thread ends,
// also when this process is killed.
//
// All threads are stopped once, and stay stopped until the last one has, since only then the
// descriptors are what they are listed as. A thread that was in a call was interrupted by that, and
// makes the call again: it counts as one call, entered when the tracing began.

namespace wireproof {
namespace {

constexpr unsigned long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
                                   PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
                                   PTRACE_O_TRACEEXIT;

constexpr std::chrono::seconds kLetGoLimit{1};  // of a thread that cannot be stopped, in a vfork

// A first thread that has ended stays until all others have.
bool has_ended(pid_t thread) {
  const auto stat = read_process_stat(thread);
  return !stat || stat->state == 'Z';
}

}  // namespace

void TraceLoop::begin_attach(std::shared_ptr<AttachRequest> request) {
  attachment_.emplace();
  attachment_->request = std::move(request);
  for (const pid_t process : attachment_->request->processes) {
    add_process(process, attachment_->request->target, nullptr).attached = true;
    if (!seize_threads(process)) return;
  }
  go_on_attaching();
}

// Those that are not traced yet. False: refused, and told.
bool TraceLoop::seize_threads(pid_t process) {
  for (const pid_t id : list_threads(process)) {
    if (threads_.contains(id)) continue;
    if (::ptrace(PTRACE_SEIZE, id, 0, kOptions) != 0) {
      const int error_number = errno;
      if (error_number == ESRCH || has_ended(id)) continue;
      end_attach(error_number);
      return false;
    }
    processes_.at(process)->threads.insert(id);
    threads_[id].process = process;
    attachment_->awaited.insert(id);
    ::ptrace(PTRACE_INTERRUPT, id, 0, 0);
  }
  // A first thread that has ended has no descriptors to show.
  Process& seized = *processes_.at(process);
  if (!seized.threads.empty() && !seized.threads.contains(seized.traced.probe.thread())) {
    seized.traced.probe.follow(*seized.threads.begin());
  }
  return true;
}

// True: the thread stays stopped until all are. Any other stop has taken the interruption's place
// (kernel/signal.c, ptrace_stop): it is interrupted again.
bool TraceLoop::park(pid_t id, int event, int signal) {
  if (!attachment_->awaited.contains(id)) return false;
  if (event != PTRACE_EVENT_STOP) {
    ::ptrace(PTRACE_INTERRUPT, id, 0, 0);
    return false;
  }
  attachment_->awaited.erase(id);
  mend_needless_interruption(id);
  attachment_->stopped[id] = signal;
  return true;
}

// Once all that are known have stopped no thread is left that could start another; one that was
// started before its creator was traced is found now.
void TraceLoop::go_on_attaching() {
  if (!attachment_->awaited.empty()) return;
  for (const pid_t process : attachment_->request->processes) {
    if (processes_.contains(process) && !seize_threads(process)) return;
  }
  if (!attachment_->awaited.empty()) return;
  for (const auto& [id, process] : processes_) {
    if (process->attached) reader_.begin(process->traced);
  }
  for (const auto& [id, signal] : attachment_->stopped) {
    const auto thread = threads_.find(id);
    if (thread != threads_.end()) find_call_begun_before(id, thread->second);
  }
  end_attach(attachment_->stopped.empty() ? ESRCH : 0);
}

void TraceLoop::find_call_begun_before(pid_t id, Thread& thread) {
  const auto entry = read_interrupted_call(id);
  if (!entry || entry->architecture != native_architecture()) return;
  auto call = reader_.enter(process_of(thread).traced, id, *entry, now_);
  if (!call) return;
  call->call.returned = now_;  // in case that a handler makes it end with EINTR
  thread.interrupted.push_back(std::move(*call));
}

// What was stopped goes on in any case.
void TraceLoop::end_attach(int error_number) {
  const Attachment ended = *std::exchange(attachment_, std::nullopt);
  for (const auto& [id, signal] : ended.stopped) {
    const auto thread = threads_.find(id);
    if (thread != threads_.end()) resume_from_stop(id, thread->second, signal);
  }
  const std::lock_guard lock(mailbox_.mutex);
  ended.request->error_number = error_number;
  ended.request->done = true;
  mailbox_.changed.notify_all();
}

// A thread that is stopped when its tracer leaves it is woken as by a signal (kernel/ptrace.c,
// __ptrace_unlink), also by PTRACE_DETACH: an epoll_wait that it is about to enter would fail with
// EINTR. One that runs is left in peace. So each is stopped once more, and goes on without stopping
// at calls; the kernel lets go of it when this thread ends.
void TraceLoop::let_go() {
  std::set<pid_t> held;
  for (const auto& [id, thread] : threads_) {
    if (process_of(thread).attached && ::ptrace(PTRACE_INTERRUPT, id, 0, 0) == 0) held.insert(id);
  }
  const auto deadline = std::chrono::steady_clock::now() + kLetGoLimit;
  while (!held.empty() && std::chrono::steady_clock::now() < deadline) {
    int status = 0;
    const pid_t id = ::waitpid(-1, &status, __WALL | __WNOTHREAD | WNOHANG);
    if (id < 0 && errno != EINTR) return;
    if (id == 0) ::poll(nullptr, 0, 1);
    if (id <= 0) continue;
    if (!WIFSTOPPED(status)) {
      held.erase(id);
      continue;
    }
    const int signal = WSTOPSIG(status);
    if (status >> 16 == PTRACE_EVENT_STOP) {
      held.erase(id);
      mend_needless_interruption(id);
      ::ptrace(is_group_stop(signal) ? PTRACE_LISTEN : PTRACE_CONT, id, 0, 0);
    } else {
      ::ptrace(PTRACE_INTERRUPT, id, 0, 0);  // this stop has taken its place
      const bool is_signal = status >> 16 == 0 && signal != kSyscallStop;
      ::ptrace(PTRACE_CONT, id, 0, is_signal ? signal : 0);
    }
  }
}

}  // namespace wireproof
