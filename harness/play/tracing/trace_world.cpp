#include "play/tracing/trace_world.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/system/proc.h"
#include "base/text/words.h"
#include "judge/traffic/traffic.h"
#include "machine/host/child_processes.h"
#include "machine/host/network.h"
#include "machine/host/socket_list.h"
#include "machine/process/server_process.h"
#include "play/tracing/network_limits.h"
#include "result/result_codec.h"

namespace wireproof {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kMarkerLimit{5000};

const Note kDoctor{"help", "`wireproof doctor` says what works here, and what mends the rest"};

}  // namespace

TracedChild::TracedChild(ProgramLaunch launch, const std::string& input)
    : launch_(std::move(launch)),
      streams_(ProgramStreams::pipes(input)),
      program_(launch_, streams_) {}

void TracedChild::stop(Milliseconds limit) {
  stopped_ = !program_.has_ended();
  program_.stop_group(limit);
}

TracedProgram TracedChild::result() {
  TracedProgram result;
  result.name = launch_.actor.actor;
  result.side = launch_.actor.side;
  result.command = launch_.command;
  result.process = program_.process();
  const auto end = program_.how_ended();
  if (end && end->way == ProcessEnd::Way::exited) result.exit_code = end->number;
  if (end && end->way == ProcessEnd::Way::signal) result.signal = end->number;
  result.stopped = stopped_;
  streams_.drain();  // one that has ended may have written since the last look
  result.output = streams_.output();
  return result;
}

TraceWorld::TraceWorld(const TraceTask& task, const UniqueFd& link)
    : task_(task), link_(link), network_(enter_private_network()) {
  const std::uint16_t port = task.request->port.value_or(0);
  if (network_ == NetworkKind::host_loopback && port == 0) {
    throw TraceRefused(
        "", "the server's port must be known: this machine gives no private network",
        {{"help", "--port PORT: only its packets are captured on the loopback"}, kDoctor});
  }
  WatchOptions options;
  options.server_ports = {port != 0 ? port : kDefaultPort};
  if (network_ == NetworkKind::host_loopback) options.only_ports = options.server_ports;
  capture_ = std::make_unique<WatchedCapture>(options);
  capture_->observe([this](const Packet& packet) { take_packet(packet); });
  try {
    tracer_ = std::make_unique<Tracer>();
  } catch (const SystemError& error) {
    throw TraceRefused("", error.what(),
                       {{"why", "programs may not be traced here (ptrace is forbidden)"}, kDoctor});
  }
  capture_->start(kMarkerLimit);
}

TracedChild& TraceWorld::start(ProgramLaunch launch, const std::string& input) {
  launch.tracer = tracer_.get();
  return *children_.emplace_back(std::make_unique<TracedChild>(std::move(launch), input));
}

void TraceWorld::end_run(const std::string& note) {
  if (!ending_) notes_.push_back(note);
  ending_ = true;
}

void TraceWorld::take_packet(const Packet& packet) {
  connections_.see(packet);
  write_frame(link_.get(), write_packet_frame(packet.raw));
  if (++packet_count_ == kMaxTracedPackets) {
    end_run("the run was ended after " + std::to_string(kMaxTracedPackets) + " packets");
  }
}

void TraceWorld::take_calls() {
  TraceBatch batch = tracer_->take();
  std::ranges::move(batch.notes, std::back_inserter(notes_));
  std::ranges::move(batch.refusals, std::back_inserter(refusals_));
  if (batch.calls.empty()) return;
  if (task_.sends_calls) write_frame(link_.get(), {FrameKind::calls, write_json(batch.calls)});
  std::ranges::move(batch.calls, std::back_inserter(calls_));
  if (calls_.size() >= kMaxTracedCalls) {
    end_run("the run was ended after " + std::to_string(kMaxTracedCalls) + " calls");
  }
}

// Calls before packets: those that caused a packet which is seen now are mostly known then.
void TraceWorld::drain() {
  take_calls();
  capture_->drain();
  for (const auto& child : children_) child->streams().drain();
}

// All that the main process has to say is that the run shall end.
void TraceWorld::read_link() {
  if (!orders_.take(link_.get())) throw SystemError("hear from the main process", EPIPE);
  if (!orders_.next()) return;
  interrupted_ = true;
  end_run("the run was interrupted");
}

void TraceWorld::wait(const Deadline& deadline) {
  std::vector<pollfd> entries{{link_.get(), POLLIN, 0},
                              {capture_->readable_fd(), POLLIN, 0},
                              {tracer_->readable_fd(), POLLIN, 0}};
  for (const auto& child : children_) {
    Program& program = child->program();
    entries.push_back({child->streams().fd(), POLLIN, 0});
    if (!program.has_ended()) entries.push_back({program.ended_fd(), POLLIN, 0});
  }
  await_any(entries, deadline, "wait for the traced programs");
  if (entries.front().revents != 0) read_link();
}

bool TraceWorld::await(const std::function<bool()>& done, const Deadline& deadline,
                       Duration pause) {
  for (;;) {
    drain();
    if (done()) return true;
    if (ending_ || deadline.is_over()) return false;
    wait(std::min(deadline, Deadline(pause)));
  }
}

// In this order: a datagram is queued before its reader is woken.
void TraceWorld::await_rest(std::uint16_t udp_port) {
  const auto is_at_rest = [udp_port] {
    if (udp_port != 0 && has_unread_datagrams(udp_port)) return false;
    return std::ranges::all_of(descendant_processes(::getpid()), is_asleep);
  };
  await(is_at_rest, Deadline(kRestLimit), kLookPause);
}

std::vector<std::string> TraceWorld::limits() const {
  return tell_limits(network_, calls_, refusals_);
}

// Their own parent has to; what ended behind its parent is this process's.
std::vector<std::string> TraceWorld::zombies() const {
  std::map<pid_t, std::size_t> counts;  // by the group of a program
  for (const pid_t process : descendant_processes(::getpid())) {
    const auto stat = read_process_stat(process);
    const bool is_left = stat && stat->state == 'Z' && stat->parent != ::getpid() &&
                         list_threads(process).size() == 1;
    if (is_left) ++counts[::getpgid(process)];
  }
  std::vector<std::string> told;
  for (const auto& child : children_) {
    const auto count = counts.find(child->program().process());
    if (count == counts.end()) continue;
    told.push_back(child->name() + " has not waited for " + std::to_string(count->second) +
                   (count->second == 1
                        ? " process that it started and that has ended: a zombie"
                        : " processes that it started and that have ended: zombies"));
  }
  return told;
}

void TraceWorld::flush() {
  capture_->flush(kMarkerLimit);
}

Soundness TraceWorld::finish_capture() {
  capture_->flush(kMarkerLimit);
  return judge_soundness(capture_->finish(kMarkerLimit));
}

void TraceWorld::finish_calls() {
  std::vector<SocketCall> open = tracer_->sync();
  take_calls();
  add_open_calls(calls_, std::move(open));
}

}  // namespace wireproof
