#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "machine/trace/trace_loop.h"

// How the tracing thread, which waits for its tracees alone, hears of the others, and what it tells
// them. Its bell is a process that it traces, too: whoever wants something signals that, and the
// thread's wait ends.

namespace wireproof {
namespace {

constexpr unsigned long kOptions =
    PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK |
    PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT;

// Its parent ends it; until then it does nothing but be signalled.
[[noreturn]] void become_bell() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::close_range(0, ~0U, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (;;) ::pause();
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
  if (batch_.calls.empty() && batch_.notes.empty()) return;
  const std::lock_guard lock(mailbox_.mutex);
  // Whoever reads is told once: a call to the kernel at every stop would slow what is traced.
  const TraceBatch& waiting = mailbox_.batch;
  const bool is_told = !waiting.calls.empty() || !waiting.notes.empty();
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    from.clear();
  };
  if (waiting.calls.size() >= kMostWaitingCalls) {
    mailbox_.batch.lost_calls += batch_.calls.size();
    batch_.calls.clear();
  }
  append(mailbox_.batch.calls, batch_.calls);
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

}  // namespace wireproof
