#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "base/system/proc.h"
#include "machine/trace/trace_loop.h"

// How the tracing thread, which waits for its tracees alone, hears of the others, and what it tells
// them. Its bell is a process that it traces, too: whoever wants something signals that, and the
// thread's wait ends.

namespace wireproof {
namespace {

constexpr unsigned long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
                                   PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
                                   PTRACE_O_TRACEEXIT;
// Of what is started under trace.
constexpr unsigned long kOwnOptions = kOptions | PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP;

// Its parent ends it; until then it does nothing but be signalled.
[[noreturn]] void become_bell() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::close_range(0, ~0U, 0);
  unblock_signals();
  for (;;) ::pause();
}

constexpr std::chrono::seconds kLetGoLimit{1};  // of a thread that cannot be stopped, in a vfork

// A first thread that has ended stays until all others have.
bool has_ended(pid_t thread) {
  const auto stat = read_process_stat(thread);
  return !stat || stat->state == 'Z';
}

}  // namespace

bool TraceLoop::start_bell() {
  const pid_t bell = ::fork();
  if (bell == 0) become_bell();
  const bool seized = bell > 0 && ::ptrace(PTRACE_SEIZE, bell, 0, PTRACE_O_EXITKILL) == 0;
  const int error_number = errno;
  if (!seized && bell > 0) {
    // Nobody waits for one that was not killed; what fails once is tried again.
    const bool is_killed = ::kill(bell, SIGKILL) == 0 || ::kill(bell, SIGKILL) == 0;
    if (is_killed) ::waitpid(bell, nullptr, kWaitFlags);
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
  if (::ptrace(PTRACE_SEIZE, request.process, 0, kOwnOptions) != 0) error_number = errno;
  if (error_number == 0) {
    Process& process = add_process(request.process, request.target, nullptr);
    process.threads.insert(request.process);
    threads_[request.process].process = request.process;
    started_[request.process] = request.target;
    publish();
  }
  const std::lock_guard lock(mailbox_.mutex);
  mailbox_.end_statuses.erase(request.process);  // of an earlier process with this id
  request.error_number = error_number;
  request.done = true;
  mailbox_.changed.notify_all();
}

void TraceLoop::publish() {
  if (batch_.calls.empty() && batch_.notes.empty() && batch_.refusals.empty()) return;
  const std::lock_guard lock(mailbox_.mutex);
  // Whoever reads is told once: a call to the kernel at every stop would slow what is traced.
  const TraceBatch& waiting = mailbox_.batch;
  const bool is_told =
      !waiting.calls.empty() || !waiting.notes.empty() || !waiting.refusals.empty();
  if (waiting.calls.size() >= kMostWaitingCalls) {
    mailbox_.batch.lost_calls += batch_.calls.size();
    batch_.calls.clear();
  }
  add_batch(std::move(batch_), mailbox_.batch);
  // The reader has its place there.
  batch_ = {};
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
  std::ranges::stable_sort(open, {}, &SocketCall::order);
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

// Processes that run already. They have no filter, and none can be given to them: each of their
// calls stops twice (PTRACE_SYSCALL), and what is not in the table goes on at once. They are traced
// without PTRACE_O_EXITKILL, so that the kernel lets go of them whenever the tracing thread ends,
// also when this process is killed.
//
// All threads are stopped once, and stay stopped until the last one has, since only then the
// descriptors are what they are listed as. A thread that was in a call was interrupted by that, and
// makes the call again: it counts as one call, entered when the tracing began.

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
    const pid_t id = ::waitpid(-1, &status, kWaitFlags | WNOHANG);
    if (id < 0 && errno != EINTR) return;
    if (id == 0) {
      working_.unlock();
      ::poll(nullptr, 0, 1);
      working_.lock();
    }
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
