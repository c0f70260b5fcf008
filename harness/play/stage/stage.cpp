#include "play/stage/stage.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <exception>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>

#include "base/system/deadline.h"
#include "judge/judge.h"
#include "judge/program_judge.h"
#include "machine/host/address_space.h"
#include "machine/host/child_processes.h"
#include "machine/host/socket_list.h"
#include "play/client/player.h"
#include "play/stage/stage_plan.h"
#include "play/stage/stage_server.h"
#include "play/stage/stage_world.h"
#include "play/stage/time_witness.h"
#include "result/capture/capture_notes.h"
#include "result/result_codec.h"
#include "result/reveal.h"
#include "sheet/session/session_plan.h"

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
    options.trace_if_possible = order.is_traced;
    for (const auto& [name, value] : play.parameters) scenario.front.parameters[name] = value;
    if (!play.command.empty()) {
      scenario.front.command = play.command;
      options.command_folder = play.folder;
    } else if (scenario.front.command.empty() && !options.running) {
      take_command_of_server();
    }
  }

  // Where the sheet's server is somebody's program.
  void take_command_of_server() {
    const auto program = servers.find(scenario.front.server);
    if (program == servers.end() || !program->second.command) return;
    scenario.front.command = program->second.command(scenario.front.parameters);
    options.command_folder = program->second.folder;
  }

  Scenario scenario;
  const ServerTable& servers;
  RunOptions options;
  std::uint64_t repeat;
  std::uint32_t patience;
};

// A server calls its clients' side where it connects to an actor of the session.
void turn_outgoing_calls(const ServingActors& serving, std::vector<SocketCall>& calls) {
  std::set<std::uint64_t> sockets;
  for (const SocketCall& call : calls) {
    const bool to_actor = call.remote && serving.find(!call.udp, call.remote->port) != nullptr;
    if (to_actor && call.new_socket == 0) sockets.insert(call.socket);
  }
  for (SocketCall& call : calls) {
    if (sockets.contains(call.socket)) call.side = Side::client;
  }
}

Evidence gather_evidence(StageWorld& world, PlayedSession played,
                         std::vector<SocketCall> server_calls, const StagedPlay& play) {
  const RunOptions& options = play.options;
  Evidence evidence;
  evidence.tcp_port = world.ports().tcp;
  evidence.udp_port = world.ports().udp;
  evidence.played = std::move(played);
  if (evidence.played.serving.beside_server) {
    turn_outgoing_calls(evidence.played.serving, server_calls);
  }
  std::ranges::move(server_calls, std::back_inserter(evidence.played.calls));
  if (const PacketStore* const packets = world.packets()) {
    evidence.traffic = assign_traffic(
        decode_capture(*packets, served_ports(play.scenario, evidence.tcp_port, evidence.udp_port)),
        evidence.played);
  }
  evidence.path_uses = world.path_uses();
  evidence.path_passages = world.path_passages();
  evidence.strict = options.strict;
  evidence.judges_client = !options.client_command.empty() || !has_server(play.scenario.front);
  evidence.sockets_unseen = world.sockets_unseen();
  evidence.untraced = world.untraced();
  evidence.calls_unseen = world.calls_unseen();
  return evidence;
}

// A program makes its last calls when its clients have gone: they are waited for where a table of
// calls lacks some, as a `sockets` step waits.
Evidence gather_all_calls(const StagedPlay& staged, StageWorld& world, const PlayedSession& played,
                          TraceBatch& traced) {
  const Scenario& scenario = staged.scenario;
  if (!scenario.call_tables.empty()) world.server().await_rest(kRestLimit);
  const Deadline deadline(world.timeout());
  for (;;) {
    traced = world.server_calls(played.actors);
    Evidence evidence = gather_evidence(world, played, traced.calls, staged);
    const bool lacks = std::ranges::any_of(scenario.call_tables, [&](const CallTable& table) {
      return may_still_be_met(table, evidence);
    });
    if (!lacks || !world.await_server_calls(deadline)) return evidence;
  }
}

// Whether what failed first met something else with time left: more time would not have helped.
bool failed_in_time(const PlayedSession& played) {
  if (played.failures.empty()) return false;
  const StepEnd end = played.failures.front().end;
  return end != StepEnd::timed_out && end != StepEnd::other;
}

// Threads and memory that a limit of ours refused are not the server's fault; empty: none was.
std::string find_refused_memory(StageWorld& world) {
  const std::optional<std::uint64_t> limit = address_space_limit();
  if (!limit || world.server().started() == nullptr) return "";
  const pid_t server = world.server().process();
  if (server > 0 && !may_lack_address_space(server, *limit)) return "";
  return fmt::format(
      "a check failed, and the server may have been refused memory: the address space is limited "
      "to {} MiB (RLIMIT_AS, `ulimit -v`)",
      *limit >> 20);
}

// Whether a step is met because nothing happened for a while: who stood still all that while has
// not done it either.
bool rests_on_silence(const Scenario& scenario) {
  return any_step(scenario.session->steps, [](const Step& step) {
    const auto* const server = std::get_if<StepServer>(&step.action);
    return std::holds_alternative<StepRecvNothing>(step.action) ||
           (server != nullptr &&
            (server->action == ServerAction::idle || server->action == ServerAction::alive));
  });
}

// A failure that time would have changed is none where the time was missing, nor is a silence.
ScenarioResult judge_fairly(const Scenario& scenario, Evidence& evidence, bool ran_out_of_time,
                            const TimeWitness& time) {
  ScenarioResult result = judge(scenario, evidence);
  const bool failed = result.verdict == Verdict::fail || result.verdict == Verdict::xfail;
  const bool passed = result.verdict == Verdict::pass || result.verdict == Verdict::xpass;
  if (failed && failed_in_time(evidence.played)) return result;
  if (!failed && !(passed && rests_on_silence(scenario))) return result;
  evidence.played.inconclusive = time.find_missing(failed && ran_out_of_time);
  return evidence.played.inconclusive.empty() ? result : judge(scenario, evidence);
}

void keep_capture(const StagedPlay& staged, const StageWorld& world, ScenarioResult& result) {
  const RunOptions& options = staged.options;
  if (options.capture_folder.empty() || world.packets() == nullptr) return;
  if (!keeps_capture(options.keep, result.verdict)) return;
  auto path = capture_path(options, result.id, staged.repeat);
  if (options.trace_if_possible) path += ".traced";  // beside that of the first playing
  ScenarioResult told = result;
  conceal(told, staged.scenario.front.reveal);
  const bool is_traced = std::ranges::any_of(
      told.calls, [](const SocketCall& call) { return call.side == Side::server; });
  const NotedCapture noted{*world.packets(),  told.packets,   told.calls,
                           told.call_packets, told.soundness, options.keep_calls && is_traced};
  write_pcapng(path, *world.packets(), make_capture_notes(noted, told.checks));
  result.capture_file = path.string();
}

void drop_evidence(ScenarioResult& result) {
  result.packets.clear();
  result.calls.clear();
  result.call_packets.clear();
  result.steps.clear();
  result.sockets.clear();
}

// All below this process: what a started server started may have lost its parent.
std::vector<pid_t> processes_of_server(StageWorld& world) {
  const pid_t root = world.server().started() != nullptr ? ::getpid() : world.server().process();
  std::vector<pid_t> processes = descendant_processes(root);
  processes.push_back(root);
  return processes;
}

// What the ended children of each process have cost. A shell that became the server had some
// before.
using ChildrenFaults = std::map<pid_t, std::int64_t>;

ChildrenFaults count_children_faults(StageWorld& world) {
  ChildrenFaults faults;
  if (world.server().process() == 0) return faults;
  for (const pid_t process : processes_of_server(world)) {
    if (const auto stat = read_process_stat(process)) faults[process] = stat->ended_children_faults;
  }
  return faults;
}

// Since `before`; also one whose end its parent has not waited for.
bool had_children(pid_t process, const ChildrenFaults& before) {
  const auto has_ended = [](pid_t child) {
    const auto stat = read_process_stat(child);
    return stat && stat->state == 'Z';
  };
  const auto stat = read_process_stat(process);
  const auto known = before.find(process);
  return (stat && known != before.end() && stat->ended_children_faults > known->second) ||
         std::ranges::any_of(list_children(process).value_or(std::vector<pid_t>()), has_ended);
}

// Who still has the server's ends of connections; asked only where something failed.
std::vector<SocketHolder> find_holders(StageWorld& world, const ChildrenFaults& before) {
  std::vector<SocketHolder> holders;
  if (world.ports().tcp == 0) return holders;
  const pid_t server = world.server().process();
  if (server == 0) return holders;
  const std::vector<pid_t> processes = processes_of_server(world);
  // A command's process may be a shell, and the server that listens a child of it.
  const pid_t listening = world.listening_process();
  for (const HeldSocket& held : find_socket_holders(world.ports().tcp, processes)) {
    const bool is_server = held.process == server || held.process == listening;
    holders.push_back({held.remote, held.process, is_server, had_children(held.process, before),
                       held.receive_queue});
  }
  return holders;
}

// A parent that lets the kernel reap its children has no count of them; its calls show that it had
// some.
void add_seen_children(const std::vector<SocketCall>& calls, std::vector<SocketHolder>& holders) {
  for (const SocketCall& call : calls) {
    if (call.child == 0 || call.inherited.empty()) continue;
    for (SocketHolder& holder : holders) {
      holder.had_children = holder.had_children || holder.process == call.process;
    }
  }
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

// What a client has left behind is killed; that ends a connection which the client itself did not.
void note_held_connections(const Scenario& scenario, Evidence& evidence) {
  PlayedSession& played = evidence.played;
  if (!evidence.judges_client || !played.failures.empty() || !played.error.empty()) return;
  const SessionPlan plan = plan_session(*scenario.session);
  for (const std::string& actor : played.left_behind) {
    if (!find_client_holder(evidence, actor)) continue;
    FailedStep held;
    held.actor = actor;
    held.playing = plan.steps.size();  // behind all of them
    held.diagnostic.message = held_message(actor);
    held.diagnostic.span = plan.steps.back().step->span;
    played.failures.push_back(std::move(held));
  }
}

// More than the programs of any sheet have to make.
constexpr std::size_t kManyCalls = 5000;

struct PlayedResult {
  ScenarioResult result;
  FrameKind kind = FrameKind::result;
};

PlayedResult play(const StagedPlay& staged, StageWorld& world) {
  TimeWitness time(world.server(), world.stalls(), world.timeout());
  ServerMeter meter(world.server(), staged.scenario.measures, world.timeout());
  const Timestamp started = std::chrono::system_clock::now();
  PlayOptions options = world.play_options();
  options.on_time_out = [&time](const VainWait& wait) {
    time.note_vain_wait(time.server_ran() - wait.before, wait.limit);
    time.note_lacking_client(wait.lacked, wait.limit);
  };
  const ChildrenFaults children_before = count_children_faults(world);
  PlayedSession session = play_session(staged.scenario, options);
  const Duration ran_before = time.server_ran();
  const auto note_vain_wait = [&] {
    time.note_vain_wait(time.server_ran() - ran_before, world.timeout());
  };
  const Soundness soundness = world.finish_capture(session, note_vain_wait);
  const Timestamp ended = std::chrono::system_clock::now();

  meter.finish(world.timeout(), [&world] { world.server().drain_output(); });

  TraceBatch traced;
  Evidence evidence = gather_all_calls(staged, world, session, traced);
  const bool makes_calls_without_end = traced.lost_calls > 0 || traced.calls.size() >= kManyCalls;
  const PlayedSession& played = evidence.played;
  evidence.again = boost::replace_first_copy(staged.options.again, "{sheet}", staged.scenario.id);
  boost::replace_first(evidence.again, "{file}", staged.scenario.path.string());
  evidence.server_use = meter.measured();
  evidence.server_unmeasured = meter.reason();
  evidence.soundness = soundness;
  world.server().await_rest(kRestLimit);  // dying takes time
  evidence.server_end = world.server().unasked_end();
  note_server_end(staged.scenario, evidence);
  note_held_connections(staged.scenario, evidence);
  const bool may_be_held = !played.failures.empty() || !world.connections_ended();
  if (may_be_held) {
    evidence.holders = find_holders(world, children_before);
    add_seen_children(played.calls, evidence.holders);
  }
  // A server that was busy for nothing has itself taken the CPU that was missing, and one that its
  // sandbox ended cannot be waited for.
  // So has a client that makes calls without end.
  const bool client_was_busy = evidence.judges_client && makes_calls_without_end;
  const bool ran_out_of_time = !client_was_busy &&
                               (played.timed_out || !world.connections_ended()) &&
                               world.server_was_idle() && !world.was_overrun();
  world.server().drain_output();
  std::string refused = find_refused_memory(world);
  if (refused.empty()) refused = world.find_refused_file(played);
  ScenarioResult result = judge_fairly(staged.scenario, evidence, ran_out_of_time, time);
  const bool failed = result.verdict == Verdict::fail || result.verdict == Verdict::xfail;
  const bool was_refused = failed && !refused.empty();
  if (was_refused) {
    evidence.played.inconclusive = refused;
    result = judge(staged.scenario, evidence);
  }
  result.started = started;
  result.lasted = ended - started;
  result.repeat = staged.repeat;
  world.server().drain_output();
  result.server_output = world.server().output();
  std::vector<std::string> notes = std::move(traced.notes);
  const std::string remark = world.capture_remark();
  if (!remark.empty()) notes.push_back(remark);
  for (const std::string& note : notes) result.server_output += "wireproof: " + note + "\n";
  keep_capture(staged, world, result);
  if (staged.options.verdicts_only) drop_evidence(result);
  // It is refused whenever it is played.
  return {std::move(result), was_refused ? FrameKind::final_result : FrameKind::result};
}

void send_result(const UniqueFd& link, const ScenarioResult& result,
                 FrameKind kind = FrameKind::result) {
  write_frame(link.get(), {kind, write_json(result)});
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
  PlayedResult played;
  try {
    played = play(staged, world);
  } catch (const std::exception& error) {
    played.result = error_result(staged, error.what());
  }
  // Before the world closes: closing waits for the kernel, and nobody needs to wait for that.
  send_result(link, played.result, played.kind);
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
    if (error.found_port_in_use) {
      result.verdict = Verdict::inconclusive;
      result.reason +=
          "; in the loopback that all sheets share here, the one before may have left it so, for a "
          "minute: let the program take {port}, or set SO_REUSEADDR";
    } else if (error.lacked_time) {
      result.verdict = Verdict::inconclusive;
    } else {
      result.server_failed_to_start = true;
    }
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

bool StageSetting::plays_alone(const PlayOrder& order) const {
  const StagedPlay staged(*this, order);
  return plan_loopback(staged.scenario, staged.options).alone;
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
