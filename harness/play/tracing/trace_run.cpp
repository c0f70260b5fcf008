#include "play/tracing/trace_run.h"

#include <poll.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "base/system/process_end.h"
#include "base/system/system_call.h"
#include "machine/process/shell_command.h"
#include "play/stage/packet_frame.h"
#include "play/stage/stage_fork.h"
#include "play/tracing/trace_stage.h"
#include "result/result_codec.h"

namespace wireproof {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kGrace{60000};  // beyond the sum of the limits, for a slow machine

// The stage's process as its parent sees it.
class TraceRun {
 public:
  TraceRun(const TraceRequest& request, const TraceWatch& watch)
      : request_(request),
        watch_(watch),
        task_{&request, watch.on_packets != nullptr},
        stage_(fork_stage([this](const UniqueFd& link) { run_trace_stage(task_, link); })) {}
  ~TraceRun() { end_stage(); }
  TraceRun(const TraceRun&) = delete;
  TraceRun& operator=(const TraceRun&) = delete;

  TraceResult wait();

 private:
  void await_link();
  bool read_link();
  void take(const Frame& frame);
  int end_stage();

  const TraceRequest& request_;
  const TraceWatch& watch_;
  TraceTask task_;
  ForkedStage stage_;
  FrameReader frames_;
  TraceResult result_;
  bool has_result_ = false;
  bool asked_to_stop_ = false;
};

int TraceRun::end_stage() {
  int status = 0;
  if (stage_.process <= 0) return status;
  ::kill(-stage_.process, SIGKILL);
  while (::waitpid(stage_.process, &status, 0) < 0 && errno == EINTR) continue;
  stage_.process = -1;
  return status;
}

void TraceRun::take(const Frame& frame) {
  switch (frame.kind) {
    case FrameKind::packet:
      read_packet_frame(frame.body, result_.packets);
      return;
    case FrameKind::calls:
      for (SocketCall& call : read_calls(frame.body)) result_.calls.push_back(std::move(call));
      return;
    case FrameKind::result: {
      PacketStore packets = std::move(result_.packets);
      result_ = read_trace(frame.body);
      result_.packets = std::move(packets);
      has_result_ = true;
      return;
    }
    case FrameKind::refusal: {
      const Diagnostic refusal = read_diagnostic(frame.body);
      throw TraceRefused(refusal.label, refusal.message, refusal.notes);
    }
    case FrameKind::play:
    case FrameKind::ready:
    case FrameKind::idle:
      return;
  }
}

// False when the stage has closed the link.
bool TraceRun::read_link() {
  const bool closed = frames_.read_from(stage_.link.get());
  const std::size_t packets_before = result_.packets.size();
  while (const auto frame = frames_.next()) take(*frame);
  const bool more = result_.packets.size() > packets_before;
  if (more && watch_.on_packets) watch_.on_packets(result_);
  return !closed;
}

void TraceRun::await_link() {
  std::array<pollfd, 2> entries{pollfd{stage_.link.get(), POLLIN, 0},
                                pollfd{asked_to_stop_ ? -1 : watch_.stop_fd, POLLIN, 0}};
  const int ready = ::poll(entries.data(), entries.size(), 1000);
  if (ready < 0 && errno != EINTR) throw SystemError("wait for the traced run", errno);
  if (ready > 0 && entries[1].revents != 0) {
    give_go(stage_.link.get());
    asked_to_stop_ = true;
  }
}

TraceResult TraceRun::wait() {
  // Until the result comes, at least the server's name is known.
  result_.programs.emplace_back().name = program_name(request_.server);
  const auto limits = request_.start_limit + request_.timeout + request_.end_limit;
  const auto stops =
      2 * request_.stop_limit * static_cast<int>(request_.clients.size() + 1) + kGrace;
  const auto deadline = Clock::now() + limits + stops;
  do {
    if (Clock::now() >= deadline) {
      throw TraceRefused("", "the traced run did not end within its limits", {});
    }
    await_link();
  } while (read_link());
  const int status = end_stage();
  if (!has_result_) {
    throw TraceRefused(
        "", "the process of the traced run " + render_process_end(read_wait_status(status)), {});
  }
  return std::move(result_);
}

void check_inputs(const TraceRequest& request) {
  for (const TracedClient& client : request.clients) {
    if (client.input.size() <= kMaxTracedInput) continue;
    throw TraceRefused(client.command,
                       "the input has " + std::to_string(client.input.size()) + " bytes, at most " +
                           std::to_string(kMaxTracedInput) + " fit",
                       {});
  }
}

}  // namespace

TraceResult run_trace(const TraceRequest& request, const TraceWatch& watch) {
  check_inputs(request);
  return TraceRun(request, watch).wait();
}

}  // namespace wireproof
