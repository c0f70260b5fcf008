#include "machine/trace/tracer.h"

#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <stdexcept>

#include "base/system/call_filter.h"
#include "base/system/proc.h"
#include "base/system/process.h"
#include "machine/trace/system_calls.h"
#include "machine/trace/trace_loop.h"

namespace wireproof {
namespace {

constexpr std::chrono::seconds kAttachLimit{5};

// The forked process: waits until it is traced, takes the filter, runs.
[[noreturn]] void become_tracee(int gate, std::span<sock_filter> filter,
                                const std::function<int()>& body) {
  char go = 0;
  read_some(gate, &go, 1);
  ::close(gate);
  if (go == 0) ::_exit(kCannotExecute);
  if (!install_call_filter(filter)) {
    std::perror("install the filter of traced calls");
    ::_exit(kCannotExecute);
  }
  ::_exit(body());
}

}  // namespace

Tracer::Tracer() {
  require_borrowing();
  mailbox_.readable = check_descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "open an eventfd");
  {
    const SignalsBlocked blocked;
    thread_ = std::thread([this] { run_tracing(mailbox_, [this] { TraceLoop(mailbox_).run(); }); });
  }
  std::unique_lock lock(mailbox_.mutex);
  mailbox_.changed.wait(lock, [this] { return mailbox_.bell > 0 || mailbox_.ended; });
  if (mailbox_.bell > 0) return;
  lock.unlock();
  thread_.join();
  throw SystemError("trace a process", mailbox_.error_number);
}

Tracer::~Tracer() {
  {
    const std::lock_guard lock(mailbox_.mutex);
    mailbox_.stop = true;
    ring();
  }
  thread_.join();
}

// Under the mailbox's lock: until `ended` the bell's id is not anybody else's.
void Tracer::ring() {
  if (!mailbox_.ended) ::kill(mailbox_.bell, SIGUSR1);
}

pid_t Tracer::start(const TraceTarget& target, const std::function<int()>& body, const Fork& fork) {
  std::vector<sock_filter> filter = build_call_filter();
  Pipe gate = open_pipe();
  std::fflush(nullptr);  // else the child holds a copy of what is buffered
  StartRequest request;
  request.target = target;
  request.process = fork([&]() -> int {
    ::close(gate.write.get());
    become_tracee(gate.read.get(), filter, body);
  });
  std::unique_lock lock(mailbox_.mutex);
  mailbox_.starts.push_back(&request);
  ring();
  mailbox_.changed.wait(lock, [&] { return request.done || mailbox_.ended; });
  if (request.done && request.error_number == 0) {
    constexpr char kGo = 1;
    check_call(::write(gate.write.get(), &kGo, 1), "start a traced process");
    return request.process;
  }
  lock.unlock();
  gate.write.reset();
  ::waitpid(request.process, nullptr, 0);
  throw SystemError("trace a process", request.done ? request.error_number : ESRCH);
}

void Tracer::attach(const TraceTarget& target, const std::vector<pid_t>& processes) {
  const auto request = std::make_shared<AttachRequest>();
  request->processes = processes;
  request->target = target;
  std::unique_lock lock(mailbox_.mutex);
  mailbox_.attaches.push_back(request);
  ring();
  mailbox_.changed.wait_for(lock, kAttachLimit, [&] { return request->done || mailbox_.ended; });
  if (!request->done) throw SystemError("attach to a process", mailbox_.ended ? ESRCH : ETIMEDOUT);
  if (request->error_number != 0) throw SystemError("attach to a process", request->error_number);
}

TraceBatch Tracer::take() {
  const std::lock_guard lock(mailbox_.mutex);
  eventfd_t count = 0;
  ::eventfd_read(mailbox_.readable.get(), &count);
  return std::exchange(mailbox_.batch, {});
}

std::vector<SocketCall> Tracer::sync() {
  std::unique_lock lock(mailbox_.mutex);
  const std::uint64_t asked = ++mailbox_.syncs_asked;
  ring();
  mailbox_.changed.wait(lock, [&] { return mailbox_.syncs_done >= asked || mailbox_.ended; });
  if (!mailbox_.failure.empty()) throw std::runtime_error("trace a program: " + mailbox_.failure);
  return mailbox_.open_calls;
}

int Tracer::await_end(pid_t process) {
  std::unique_lock lock(mailbox_.mutex);
  const auto& statuses = mailbox_.end_statuses;
  mailbox_.changed.wait(lock, [&] { return statuses.contains(process) || mailbox_.ended; });
  if (const auto found = statuses.find(process); found != statuses.end()) return found->second;
  lock.unlock();
  // Nobody traces any more: its end is an ordinary child's.
  int status = SIGKILL;
  while (::waitpid(process, &status, 0) == process && WIFSTOPPED(status)) continue;
  return status;
}

void add_batch(TraceBatch later, TraceBatch& batch) {
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  append(batch.calls, later.calls);
  append(batch.notes, later.notes);
  append(batch.refusals, later.refusals);
  batch.lost_calls += later.lost_calls;
}

void add_open_calls(std::vector<SocketCall>& calls, std::vector<SocketCall> open) {
  for (SocketCall& call : open) {
    if (std::ranges::find(calls, call.order, &SocketCall::order) == calls.end()) {
      calls.push_back(std::move(call));
    }
  }
  std::ranges::stable_sort(calls, {}, &SocketCall::order);
}

}  // namespace wireproof
