#include "session/stage.h"

#include <exception>

#include "capture/pcap_file.h"
#include "host/child_processes.h"
#include "session/cpu_witness.h"
#include "session/judge.h"
#include "session/player.h"
#include "session/result_codec.h"
#include "session/stage_link.h"
#include "session/stage_plan.h"
#include "session/stage_world.h"

namespace wireproof {
namespace {

Evidence gather_evidence(StageWorld& world, const PlayedSession& played,
                         const RunOptions& options) {
  Evidence evidence;
  evidence.packets = world.packets();
  evidence.tcp_port = world.ports().tcp;
  evidence.udp_port = world.ports().udp;
  evidence.actors = played.actors;
  evidence.calls = played.calls;
  evidence.steps = played.steps;
  evidence.session_failures = played.failures;
  evidence.session_skipped = played.skipped;
  evidence.session_error = played.error;
  evidence.session_inconclusive = played.inconclusive;
  evidence.variables = played.variables;
  evidence.strict = options.strict;
  return evidence;
}

ScenarioResult judge_fairly(const Scenario& scenario, Evidence& evidence, bool ran_out_of_time,
                            const CpuWitness& cpu, Duration timeout) {
  ScenarioResult result = judge(scenario, evidence);
  const bool failed = result.verdict == Verdict::fail || result.verdict == Verdict::xfail;
  if (!ran_out_of_time || !failed) return result;
  evidence.session_inconclusive = cpu.find_starvation(timeout);
  return evidence.session_inconclusive.empty() ? result : judge(scenario, evidence);
}

void keep_capture(const StageTask& task, const StageWorld& world, ScenarioResult& result) {
  const RunOptions& options = *task.options;
  if (options.capture_folder.empty() || world.packets() == nullptr) return;
  if (!keeps_capture(options.keep, result.verdict)) return;
  const auto path = capture_path(options, result.id, task.repeat);
  write_pcap(path, *world.packets());
  result.capture_file = path.string();
}

ScenarioResult play(const StageTask& task, StageWorld& world) {
  const auto scope =
      world.server().is_command() ? CpuWitness::Scope::tree : CpuWitness::Scope::process;
  const CpuWitness cpu(world.server().process(), scope);
  const Timestamp started = std::chrono::system_clock::now();
  const PlayedSession played = play_session(*task.scenario, world.play_options());
  const Soundness soundness = world.finish_capture();
  const Timestamp ended = std::chrono::system_clock::now();

  Evidence evidence = gather_evidence(world, played, *task.options);
  evidence.soundness = soundness;
  const bool ran_out_of_time = played.timed_out || !world.connections_ended();
  ScenarioResult result =
      judge_fairly(*task.scenario, evidence, ran_out_of_time, cpu, world.timeout());
  result.started = started;
  result.lasted = ended - started;
  result.repeat = task.repeat;
  world.server().drain_output();
  result.server_output = world.server().output();
  keep_capture(task, world, result);
  return result;
}

void send_result(const UniqueFd& link, const ScenarioResult& result) {
  write_frame(link.get(), {FrameKind::result, write_result(result)});
}

ScenarioResult error_result(const StageTask& task, const std::string& reason) {
  return unplayed_result(*task.scenario, task.repeat, Verdict::error, reason);
}

void play_in_world(const StageTask& task, const UniqueFd& link) {
  StageWorld world(*task.scenario, *task.servers, *task.options);
  write_frame(link.get(), {FrameKind::ready, ""});
  if (!await_go(link.get())) return;
  ScenarioResult result;
  try {
    result = play(task, world);
  } catch (const std::exception& error) {
    result = error_result(task, error.what());
  }
  // Before the world closes: closing waits for the kernel, and nobody needs to wait for that.
  send_result(link, result);
  if (world.server().is_alive()) world.server().stop();
}

}  // namespace

void run_stage(const StageTask& task, const UniqueFd& link) {
  const OrphanCollector orphans;
  try {
    if (!task.scenario->session) throw UnmetNeed{"the sheet has no session to play"};
    play_in_world(task, link);
  } catch (const UnmetNeed& unmet) {
    send_result(link, unplayed_result(*task.scenario, task.repeat, Verdict::skip, unmet.reason));
  } catch (const std::exception& error) {
    send_result(link, error_result(task, error.what()));
  }
  orphans.end_orphans({});
}

}  // namespace wireproof
