#include "play/stage/stage_server.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/system/deadline.h"
#include "machine/host/child_processes.h"
#include "machine/host/doctor.h"
#include "machine/host/network.h"
#include "machine/host/socket_list.h"
#include "sheet/table/measures.h"

namespace wireproof {
namespace {

// TCP first; a server of both transports is one process.
ListeningProcess find_process(const RunningServer& running) {
  ListeningProcess found;
  if (running.tcp_port != 0) {
    found = find_listening_process(ListenProtocol::tcp, {running.address, running.tcp_port});
  }
  if (running.udp_port != 0 && found.process == 0) {
    const ListeningProcess udp =
        find_listening_process(ListenProtocol::udp, {running.address, running.udp_port});
    if (udp.listens) found = udp;
  }
  return found;
}

// Of several processes the one that is the obstacle.
std::string explain_refusal(const StageServer& server, int error_number) {
  AttachFacts facts = read_attach_facts(server.process());
  for (const pid_t process : server.holders()) {
    if (facts.tracer != 0) break;
    const AttachFacts others = read_attach_facts(process);
    if (others.tracer != 0) facts = others;
  }
  return render_attach_refusal(facts, error_number);
}

// `server: idle` measures: over this time the server may use this much CPU. The time is the
// measure itself, nothing waits for it to be over.
constexpr Duration kIdleWindow = std::chrono::milliseconds(100);
constexpr Duration kIdleShare = std::chrono::milliseconds(5);
// An interpreter that compiles or collects has done with it soon; a loop is in every window.
constexpr int kBusyWindows = 3;
// Of one that is awake and gets no CPU nothing is known: so often it is looked at again.
constexpr int kMostWindows = 20;

ServerOutcome judge_idle(pid_t process) {
  Duration all{};
  for (int window = 0, busy = 0; window < kMostWindows; ++window) {
    const CpuAccount before = read_cpu_account_of_tree(process);
    std::this_thread::sleep_for(kIdleWindow);
    const Duration used = read_cpu_account_of_tree(process).ran - before.ran;
    all += used;
    if (used > kIdleShare) {
      if (++busy < kBusyWindows) continue;
      return {"the server used the CPU for " + render_milliseconds(used) + " of " +
                  render_milliseconds(kIdleWindow) + " while nothing happened",
              ""};
    }
    if (is_tree_asleep(process)) return {};
  }
  ServerOutcome unknown;
  unknown.failure = "the server was awake for " + render_duration(kMostWindows * kIdleWindow) +
                    " while nothing happened, of which it had the CPU for " +
                    render_milliseconds(all);
  unknown.lacked_time = true;
  return unknown;
}

// What it was sent last may be what ends it: it is judged once it has dealt with that and waits
// for more. One that never rests is alive.
std::string judge_alive(StageServer& server) {
  server.await_rest(kRestLimit);
  return server.is_alive() ? "" : "the server has ended";
}

ServerOutcome stop(ServerProcess& server) {
  return {server.stop(), "", false, server.lacked_time_to_stop()};
}

ServerOutcome restart(ServerProcess& server) {
  const std::string failure = server.restart();
  return {failure, "", !failure.empty() && server.found_port_in_use(),
          server.lacked_time_to_stop()};
}

using Clock = std::chrono::steady_clock;

std::int64_t growth(MeasureKind kind, const ProcessUse& before, const ProcessUse& after) {
  if (kind == MeasureKind::server_descriptors) return after.descriptors - before.descriptors;
  if (kind == MeasureKind::server_threads) return after.threads - before.threads;
  return after.resident_bytes - before.resident_bytes;
}

}  // namespace

StageServer::StageServer(ServerLaunch launch)
    : started_(std::make_unique<ServerProcess>(std::move(launch))) {}

StageServer::StageServer(const RunningServer& running) : udp_port_(running.udp_port) {
  if (!find_route(running.address).is_local) {
    unseen_ = "the server runs on another host";
    return;
  }
  ListeningProcess found = find_process(running);
  if (found.process == 0) {
    unseen_ = found.listens ? "the server's process belongs to another user"
                            : "no process of this host's network has the server's port";
    return;
  }
  try {
    ended_ = open_process(found.process);
    found_ = found.process;
    holders_ = std::move(found.holders);
  } catch (const SystemError&) {
    unseen_ = "the server's process has ended";
  }
}

bool StageServer::is_alive() {
  if (started_) return started_->is_alive();
  return found_ == 0 || !is_readable(ended_.get());
}

std::string StageServer::unasked_end() {
  if (started_) return started_->unasked_end();
  return is_alive() ? "" : "has ended";
}

bool StageServer::is_at_rest() const {
  // In this order: a datagram is queued before its reader is woken.
  return (udp_port_ == 0 || !has_unread_datagrams(udp_port_)) && is_tree_asleep(found_);
}

void StageServer::await_rest(std::chrono::milliseconds limit) {
  if (started_) {
    started_->await_rest(limit);
    return;
  }
  if (found_ == 0) return;
  look_until(Deadline(limit), [this] { return !is_alive() || is_at_rest(); });
}

void StageServer::drain_output() {
  if (started_) started_->drain_output();
}

AttachedServer attach_to_server(const StageServer& server) {
  if (server.process() == 0) return {nullptr, server.unseen()};
  for (const pid_t process : server.holders()) {
    // Its calls would be told in part only: worse than none.
    if (has_io_uring(process)) {
      return {nullptr, "process " + std::to_string(process) +
                           " uses io_uring, and calls made through it cannot be traced"};
    }
  }
  try {
    auto tracer = std::make_unique<Tracer>();
    tracer->attach({"server", Side::server}, server.holders());
    return {std::move(tracer), ""};
  } catch (const SystemError& error) {
    return {nullptr, explain_refusal(server, error.code().value())};
  }
}

ServerOutcome act_on_server(StageServer& server, ServerAction action) {
  ServerProcess* const started = server.started();
  switch (action) {
    case ServerAction::restart:
      if (started == nullptr) return {"", kServerNotStarted};
      return restart(*started);
    case ServerAction::stop:
      if (started == nullptr) return {"", kServerNotStarted};
      return stop(*started);
    case ServerAction::alive:
      if (server.process() == 0) return {"", server.unseen()};
      return {judge_alive(server), ""};
    case ServerAction::idle:
      if (server.process() == 0) return {"", server.unseen()};
      if (!server.is_alive()) return {"the server has ended", ""};
      return judge_idle(server.process());
  }
  return {};
}

ServerMeter::ServerMeter(StageServer& server, const std::vector<Measure>& measures, Duration limit)
    : server_(server),
      measures_(measures),
      is_wanted_(std::ranges::any_of(measures, is_of_server, &Measure::kind)),
      process_(server.process()) {
  if (!is_wanted_) return;
  if (process_ == 0) {
    reason_ = server_.unseen();
    is_wanted_ = false;
    return;
  }
  look_until(Deadline(limit), [this] { return is_tree_asleep(process_); });
  before_ = read_process_use_of_tree(process_);
  start_ = Clock::now();
}

bool ServerMeter::holds(const ProcessUse& after) const {
  return std::ranges::all_of(measures_, [&](const Measure& measure) {
    if (!is_of_server(measure.kind) || measure.kind == MeasureKind::server_cpu) return true;
    return measure.range.holds(static_cast<double>(growth(measure.kind, before_, after)));
  });
}

void ServerMeter::finish(Duration limit, const std::function<void()>& meanwhile) {
  if (!is_wanted_) return;
  ServerMeasured measured;
  measured.before = before_;
  measured.lasted = Clock::now() - start_;
  measured.after = read_process_use_of_tree(process_);
  const Duration cpu = measured.after.cpu;
  look_until(Deadline(limit), [&] {
    meanwhile();
    measured.after = read_process_use_of_tree(process_);
    return holds(measured.after);
  });
  measured.after.cpu = cpu;  // of the session alone
  if (server_.process() != process_) {
    reason_ = "the server was started anew in between";
  } else if (!server_.is_alive()) {
    reason_ = "the server has ended";
  } else {
    measured_ = measured;
  }
}

}  // namespace wireproof
