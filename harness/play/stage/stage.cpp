#include "play/stage/stage.h"

#include <unistd.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <exception>
#include <iterator>
#include <stdexcept>

#include "judge/judge.h"
#include "machine/host/child_processes.h"
#include "machine/host/socket_list.h"
#include "packets/capture/pcap_file.h"
#include "play/client/player.h"
#include "play/stage/stage_plan.h"
#include "play/stage/stage_server.h"
#include "play/stage/stage_world.h"
#include "result/result_codec.h"

namespace wireproof {
namespace {

// The play's own parameters and time limit are in its copies.
struct StagedPlay {
  StagedPlay(const StageSetting& setting, const PlayOrder& order)
      : scenario(*setting.play(order).scenario),
        servers(setting.servers),
        options(setting.options),
        repeat(setting.play(order).repeat),
        patience(order.patience) {
    const Play& play = setting.play(order);
    options.timeout = setting.timeout(order);
    for (const auto& [name, value] : play.parameters) scenario.front.parameters[name] = value;
    if (play.command.empty()) return;
    scenario.front.command = play.command;
    options.command_folder = play.folder;
  }

  Scenario scenario;
  const ServerTable& servers;
  RunOptions options;
  std::uint64_t repeat;
  std::uint32_t patience;
};

Evidence gather_evidence(StageWorld& world, PlayedSession played,
                         std::vector<SocketCall> server_calls, const RunOptions& options) {
  Evidence evidence;
  evidence.tcp_port = world.ports().tcp;
  evidence.udp_port = world.ports().udp;
  evidence.played = std::move(played);
  std::ranges::move(server_calls, std::back_inserter(evidence.played.calls));
  if (const PacketStore* const packets = world.packets()) {
    evidence.traffic = assign_traffic(
        decode_capture(*packets, evidence.tcp_port, evidence.udp_port), evidence.played);
  }
  evidence.strict = options.strict;
  evidence.sockets_unseen = world.sockets_unseen();
  evidence.untraced = world.untraced();
  return evidence;
}

std::string render_starvation(const std::string& who, Duration waited, Duration allowed) {
  return "a step ran out of time, but " + who + " waited " + render_milliseconds(waited) +
         " for a CPU (more than a tenth of " + render_duration(allowed) + ")";
}

// Watches whether the machine gave the harness and the server the time that a sheet grants them
// (capture.md): a step that ran out of time proves nothing about a server that had no CPU.
class CpuWitness {
 public:
  // From now on.
  CpuWitness(const StageServer& server, Duration allowed)
      : server_(server.process()),
        is_tree_(server.is_tree()),
        allowed_(allowed),
        own_before_(read_cpu_account(::getpid()).waited),
        server_before_(read_server()) {}

  Duration server_ran() const { return read_server().ran - server_before_.ran; }

  // What was waited for did not come, and the server ran for so long (or longer) meanwhile. No more
  // time would have brought it where the server sleeps, or has had the CPU and used it for other
  // things.
  void note_vain_wait(Duration ran) {
    const bool ran_in_vain = had_its_time(ran, allowed_);
    had_its_time_ = had_its_time_ && ran_in_vain;
    needs_no_time_ = needs_no_time_ && (ran_in_vain || is_resting());
  }

  // Why a step that ran out of time is inconclusive; empty: both sides had the time, or it was
  // none that was missing.
  std::string find_starvation() const {
    const Duration server = read_server().waited - server_before_.waited;
    if (!machine_gave_time(server, allowed_) && !had_its_time_) {
      return render_starvation("the server", server, allowed_);
    }
    const Duration own = read_cpu_account(::getpid()).waited - own_before_;
    if (machine_gave_time(own, allowed_) || needs_no_time_) return "";
    return render_starvation("wireproof", own, allowed_);
  }

 private:
  CpuAccount read_server() const {
    if (server_ <= 0) return {};
    return is_tree_ ? read_cpu_account_of_tree(server_) : read_cpu_account(server_);
  }

  bool is_resting() const {
    if (server_ <= 0) return false;
    return is_tree_ ? is_tree_asleep(server_) : is_asleep(server_);
  }

  pid_t server_;  // 0: none is known
  bool is_tree_;
  Duration allowed_;
  Duration own_before_;
  CpuAccount server_before_;
  // Of all waits in vain.
  bool had_its_time_ = true;
  bool needs_no_time_ = true;
};

ScenarioResult judge_fairly(const Scenario& scenario, Evidence& evidence, bool ran_out_of_time,
                            const CpuWitness& cpu) {
  ScenarioResult result = judge(scenario, evidence);
  const bool failed = result.verdict == Verdict::fail || result.verdict == Verdict::xfail;
  if (!ran_out_of_time || !failed) return result;
  evidence.played.inconclusive = cpu.find_starvation();
  return evidence.played.inconclusive.empty() ? result : judge(scenario, evidence);
}

// Whether what failed first met something else with time left: more time would not have helped.
bool failed_in_time(const PlayedSession& played) {
  if (played.failures.empty()) return false;
  const StepEnd end = played.failures.front().end;
  return end != StepEnd::timed_out && end != StepEnd::other;
}

void keep_capture(const StagedPlay& staged, const StageWorld& world, ScenarioResult& result) {
  const RunOptions& options = staged.options;
  if (options.capture_folder.empty() || world.packets() == nullptr) return;
  if (!keeps_capture(options.keep, result.verdict)) return;
  const auto path = capture_path(options, result.id, staged.repeat);
  write_pcap(path, *world.packets());
  result.capture_file = path.string();
}

void drop_evidence(ScenarioResult& result) {
  result.packets.clear();
  result.calls.clear();
  result.call_packets.clear();
  result.steps.clear();
  result.sockets.clear();
}

// Who still has the server's ends of connections; asked only where something failed.
std::vector<SocketHolder> find_holders(StageWorld& world) {
  std::vector<SocketHolder> holders;
  if (world.ports().tcp == 0) return holders;
  const pid_t server = world.server().process();
  if (server == 0) return holders;
  // All below this process: what a started server started may have lost its parent.
  const pid_t root = world.server().started() != nullptr ? ::getpid() : server;
  std::vector<pid_t> processes = descendant_processes(root);
  processes.push_back(root);
  // A command's process may be a shell, and the server that listens a child of it.
  const pid_t listening = world.listening_process();
  for (const HeldSocket& held : find_socket_holders(world.ports().tcp, processes)) {
    const bool is_server = held.process == server || held.process == listening;
    holders.push_back({held.remote, held.process, is_server});
  }
  return holders;
}

// The servers of the protocols that wireproof knows serve until they are stopped, whatever a client
// has done: one that has ended fails a sheet whose steps did not ask for more of it. A `command` of
// a sheet may be a program for one client, and so is what some exercises ask for.
void note_server_end(const Scenario& scenario, Evidence& evidence) {
  PlayedSession& played = evidence.played;
  const bool is_broken = !played.failures.empty() || !played.error.empty();
  const bool may_end = scenario.front.server.empty() || scenario.front.one_client;
  if (evidence.server_end.empty() || is_broken || may_end) return;
  const SessionPlan plan = plan_session(*scenario.session);
  if (plan.steps.empty()) return;
  FailedStep ended;
  ended.playing = plan.steps.size();  // behind all of them
  ended.diagnostic.message = "the server has ended: it " + evidence.server_end;
  ended.diagnostic.span = plan.steps.back().step->span;
  played.failures.push_back(std::move(ended));
}

ScenarioResult play(const StagedPlay& staged, StageWorld& world) {
  CpuWitness cpu(world.server(), world.timeout());
  ServerMeter meter(world.server(), staged.scenario.measures, world.timeout());
  const Timestamp started = std::chrono::system_clock::now();
  PlayOptions options = world.play_options();
  options.on_time_out = [&cpu](Duration before) { cpu.note_vain_wait(cpu.server_ran() - before); };
  PlayedSession session = play_session(staged.scenario, options);
  const Duration ran_before = cpu.server_ran();
  const Soundness soundness = world.finish_capture(session);
  if (!world.connections_ended()) cpu.note_vain_wait(cpu.server_ran() - ran_before);
  const Timestamp ended = std::chrono::system_clock::now();

  meter.finish(world.timeout(), [&world] { world.server().drain_output(); });

  TraceBatch traced = world.take_server_calls(session.actors);
  Evidence evidence =
      gather_evidence(world, std::move(session), std::move(traced.calls), staged.options);
  const PlayedSession& played = evidence.played;
  evidence.again = boost::replace_first_copy(staged.options.again, "{sheet}", staged.scenario.id);
  evidence.server_use = meter.measured();
  evidence.server_unmeasured = meter.reason();
  evidence.soundness = soundness;
  world.server().await_rest(kRestLimit);  // dying takes time
  evidence.server_end = world.server().unasked_end();
  note_server_end(staged.scenario, evidence);
  const bool may_be_held = !played.failures.empty() || !world.connections_ended();
  if (may_be_held) evidence.holders = find_holders(world);
  // A server that was busy for nothing has itself taken the CPU that was missing, and one that its
  // sandbox ended cannot be waited for.
  const bool ran_out_of_time = (played.timed_out || !world.connections_ended()) &&
                               world.server_was_idle() && !world.was_overrun() &&
                               !failed_in_time(played);
  ScenarioResult result = judge_fairly(staged.scenario, evidence, ran_out_of_time, cpu);
  result.started = started;
  result.lasted = ended - started;
  result.repeat = staged.repeat;
  world.server().drain_output();
  result.server_output = world.server().output();
  for (const std::string& note : traced.notes) result.server_output += "wireproof: " + note + "\n";
  keep_capture(staged, world, result);
  if (staged.options.verdicts_only) drop_evidence(result);
  return result;
}

void send_result(const UniqueFd& link, const ScenarioResult& result) {
  write_frame(link.get(), {FrameKind::result, write_json(result)});
}

ScenarioResult error_result(const StagedPlay& staged, const std::string& reason) {
  return unplayed_result(staged.scenario, staged.repeat, Verdict::error, reason);
}

// False when the main process is gone.
bool play_in_world(const StagedPlay& staged, FrameReader& orders, const UniqueFd& link) {
  StageWorld world(staged.scenario, staged.servers, staged.options, staged.patience);
  write_frame(link.get(), {FrameKind::ready, ""});
  const auto go = orders.await(link.get());
  if (!go || go->kind != FrameKind::go) return false;
  ScenarioResult result;
  try {
    result = play(staged, world);
  } catch (const std::exception& error) {
    result = error_result(staged, error.what());
  }
  // Before the world closes: closing waits for the kernel, and nobody needs to wait for that.
  send_result(link, result);
  // A sandbox ends all at once.
  ServerProcess* const started = world.server().started();
  if (started != nullptr && !world.has_sandbox() && started->is_alive()) started->stop();
  return true;
}

// Whether the process can play again.
bool run_play(const StagedPlay& staged, FrameReader& orders, const UniqueFd& link) {
  const OrphanCollector orphans;
  bool can_go_on = true;
  try {
    if (!staged.scenario.session) throw UnmetNeed{"the sheet has no session to play"};
    can_go_on = play_in_world(staged, orders, link);
  } catch (const UnmetNeed& unmet) {
    send_result(link, unplayed_result(staged.scenario, staged.repeat, Verdict::skip, unmet.reason));
  } catch (const ServerStartError& error) {
    const std::string advice = advise_start(error.elsewhere, staged.scenario.front, staged.servers);
    ScenarioResult result =
        error_result(staged, error.attempt + (advice.empty() ? "" : ": " + advice) + error.said);
    result.server_failed_to_start = true;
    send_result(link, result);
  } catch (const std::exception& error) {
    send_result(link, error_result(staged, error.what()));
    can_go_on = false;  // who knows what is left of it
  }
  orphans.end_orphans({});
  return can_go_on;
}

}  // namespace

const Play& StageSetting::play(const PlayOrder& order) const {
  if (order.play >= plays.size()) throw std::out_of_range("there is no such play");
  return plays[order.play];
}

std::optional<Duration> StageSetting::timeout(const PlayOrder& order) const {
  const std::optional<Duration>& own = play(order).timeout;
  return own ? *own * order.patience : options.timeout;
}

void run_stage(const StageSetting& setting, const UniqueFd& link) {
  FrameReader orders;
  while (const auto frame = orders.await(link.get())) {
    const StagedPlay staged(setting, read_order(frame->body));
    if (!run_play(staged, orders, link)) return;
    write_frame(link.get(), {FrameKind::idle, ""});
  }
}

}  // namespace wireproof
