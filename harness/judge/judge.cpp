#include "judge/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "judge/explain/explain.h"
#include "judge/program_judge.h"
#include "judge/socket_judge.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

CheckResult judge_session(const PlayedSession& played) {
  CheckResult check;
  check.kind = CheckKind::session;
  check.name = "Session";
  if (!played.failures.empty()) {
    check.verdict = Verdict::fail;
  } else if (!played.unseen.empty()) {
    check.verdict = Verdict::inconclusive;
    check.reason = played.unseen;
    return check;
  }
  if (!played.skipped.empty()) {
    check.reason = played.skipped.front();
    if (played.skipped.size() > 1) {
      check.reason += fmt::format(" (and {} more)", played.skipped.size() - 1);
    }
  }
  return check;
}

// Live, the session was judged by its calls: that it failed stands, whatever its capture lacks.
bool session_failed(const ScenarioResult& result) {
  return std::ranges::any_of(result.checks, [](const CheckResult& check) {
    return check.kind == CheckKind::session && check.verdict == Verdict::fail;
  });
}

// Whether a sheet's tables of calls are all that it judges, and could not be: that its session
// could be played says nothing then.
bool judges_calls_in_vain(const ScenarioResult& result, const Scenario& scenario) {
  if (scenario.call_tables.empty() || !scenario.session) return false;
  const bool only_calls = std::ranges::all_of(result.checks, [](const CheckResult& check) {
    return check.kind == CheckKind::session ||
           (check.kind == CheckKind::calls && check.verdict == Verdict::skip);
  });
  return only_calls && !any_step(scenario.session->steps, [](const Step& step) {
           return step_traits(step.action).judged != Judged::nothing;
         });
}

// What a run did not see may have changed the rest of it; what a capture lacks changes nothing of
// what it shows.
Verdict overall(const ScenarioResult& result, const Scenario& scenario, bool offline) {
  const Expectation expect = scenario.front.expect;
  const auto any = [&](Verdict verdict) {
    return std::ranges::find(result.checks, verdict, &CheckResult::verdict) != result.checks.end();
  };
  const bool failed = any(Verdict::fail);
  const bool stands = offline ? failed : session_failed(result);
  if (any(Verdict::inconclusive) && !stands) return Verdict::inconclusive;
  if (failed) return expect == Expectation::fail ? Verdict::xfail : Verdict::fail;
  if (any(Verdict::pass) && !judges_calls_in_vain(result, scenario))
    return expect == Expectation::fail ? Verdict::xpass : Verdict::pass;
  return Verdict::skip;
}

std::string first_reason(const ScenarioResult& result) {
  if (result.verdict == Verdict::xpass) return "the sheet says `expect: fail`, but all checks hold";
  if (result.verdict == Verdict::inconclusive) {
    for (const CheckResult& check : result.checks) {
      if (check.verdict == Verdict::inconclusive) return check.reason;
    }
  }
  for (const Failure& failure : result.failures) {
    if (failure.diagnostic.severity == Severity::error) return failure.diagnostic.message;
  }
  for (const CheckResult& check : result.checks) {
    if (!check.reason.empty()) return check.name + " not judged: " + check.reason;
  }
  return {};
}

std::string again_line(const Scenario& scenario, const Evidence& evidence) {
  if (!evidence.again.empty()) return evidence.again;
  return fmt::format("wireproof run {} --pcap-keep always", scenario.path.string());
}

void add_failures(Diagnostics found, ScenarioResult& result) {
  for (Diagnostic& failure : found) result.failures.push_back({std::move(failure), {}});
}

// Causes that lie with the server are none where it is our own. What a path did to a step, of the
// first `of_session` failures, lies with nobody and has no id.
void forget_causes(ScenarioResult& result, std::size_t of_session) {
  for (Failure& failure : result.failures) {
    const bool is_of_session = &failure < result.failures.data() + of_session;
    if (is_of_session && failure.diagnostic.explanation == ExplanationId::none) continue;
    failure.diagnostic.explanation = ExplanationId::none;
    std::erase_if(failure.diagnostic.notes, [](const Note& note) { return note.label == "why"; });
  }
}

// Before what follows from it.
void add_first(Diagnostics found, ScenarioResult& result) {
  std::vector<Failure> failures;
  for (Diagnostic& failure : found) failures.push_back({std::move(failure), {}});
  result.failures.insert(result.failures.begin(), std::make_move_iterator(failures.begin()),
                         std::make_move_iterator(failures.end()));
}

void add_section(SectionJudgement judged, ScenarioResult& result) {
  std::set<Symptom> symptoms;
  for (const Diagnostic& failure : judged.failures) {
    if (failure.severity != Severity::error) continue;
    symptoms.insert(
        {judged.check.kind, 0, Mismatch::row, std::string(explanation_name(failure.explanation))});
  }
  result.symptoms.insert(result.symptoms.end(), symptoms.begin(), symptoms.end());
  result.checks.push_back(std::move(judged.check));
  add_failures(std::move(judged.failures), result);
}

bool names_fates(const PacketTable& table) {
  return std::ranges::any_of(table.rows,
                             [](const PlacedRow& placed) { return placed.row.fate.has_value(); });
}

// The checks of packet tables, filled into `result`; `notes` gets what tables say of packets.
void judge_tables(const Scenario& scenario, const Evidence& evidence, ScenarioResult& result) {
  const Traffic& traffic = *evidence.traffic;
  add_stream_faults(traffic.conversations(), result.soundness);
  std::map<std::size_t, PacketNote> notes;
  for (const PacketTable& table : scenario.packet_tables) {
    SectionJudgement judged = judge_table(table, scenario, evidence);
    if (!evidence.untraced.empty() && names_calls(table)) {
      judged.check.reason = "the server's calls (inferred from the packets): " + evidence.untraced;
    }
    if (evidence.fates_unknown && names_fates(table)) {
      judged.check.reason += fmt::format("{}the column `Fate`: {}",
                                         judged.check.reason.empty() ? "" : "; ", kFatesUnknown);
    }
    for (const auto& [packet, note] : judged.notes) {
      PacketNote& all = notes[packet];
      all.rows.insert(all.rows.end(), note.rows.begin(), note.rows.end());
      if (note.remark != PacketRemark{}) all.remark = note.remark;
    }
    add_section(std::move(judged), result);
  }
  for (const TcpConnection& connection : traffic.conversations().tcp) {
    result.history += (result.history.empty() ? "" : " ") + render_history(connection);
  }
  result.packets = make_packet_lines(traffic, notes, "server");
  result.call_packets = join_packets(traffic.causes(), evidence.played.calls.size());
}

// Of a saved capture all that went to the server's ports is some actor's, or told: a server that
// answers one client rightly and another one wrongly is wrong. Which connection was open before the
// capture began only its SYN tells.
void judge_left_over(const Evidence& evidence, ScenarioResult& result) {
  const Traffic& traffic = *evidence.traffic;
  const auto tell = [&](const Endpoint& client, std::size_t packet, bool counts) {
    Failure failure;
    failure.diagnostic.severity = counts ? Severity::error : Severity::warning;
    failure.diagnostic.message = fmt::format(
        "what {} and the server sent each other, from packet {} on, belongs to no "
        "client of the sheet",
        render_endpoint(client), packet + 1);
    if (!counts) {
      failure.diagnostic.notes.push_back({"", "it was open before the capture began"});
    } else if (!result.checks.empty()) {
      result.checks.front().verdict = Verdict::fail;
    }
    result.failures.push_back(std::move(failure));
  };
  for (const TcpConnection* connection : traffic.left_over_tcp()) {
    tell(connection->client, connection->segments.front().packet, connection->has_syn);
  }
  for (const UdpExchange* exchange : traffic.left_over_udp()) {
    tell(exchange->client, exchange->datagrams.front().packet, true);
  }
}

// Whether a saved capture that lacks parts of conversations shows a step that failed in spite of
// them. Where whole conversations may be missing nobody knows whose one is.
bool has_certain_failure(const Evidence& evidence) {
  return evidence.offline && evidence.soundness.faults.empty() &&
         lacks_only_gaps(evidence.traffic->conversations()) &&
         std::ranges::any_of(evidence.played.failures, &FailedStep::is_certain);
}

void judge_packets(const Scenario& scenario, const Evidence& evidence, ScenarioResult& result) {
  if (!evidence.traffic) {
    for (const PacketTable& table : scenario.packet_tables) {
      CheckResult& check = result.checks.emplace_back();
      check.kind = CheckKind::packets;
      check.name = table.name.empty() ? "Packets" : "Packets: " + table.name;
      check.verdict = Verdict::skip;
      check.reason = "nothing was captured";
    }
    return;
  }
  const auto failures_before = static_cast<std::ptrdiff_t>(result.failures.size());
  const auto symptoms_before = static_cast<std::ptrdiff_t>(result.symptoms.size());
  judge_tables(scenario, evidence, result);
  if (evidence.offline) judge_left_over(evidence, result);
  if (result.soundness.faults.empty()) return;
  const bool is_certain = has_certain_failure(evidence);
  if (!evidence.offline || is_certain) {
    // What was found on unsound evidence is no failure beside one of the session either.
    result.failures.erase(result.failures.begin() + failures_before, result.failures.end());
    result.symptoms.erase(result.symptoms.begin() + symptoms_before, result.symptoms.end());
  }
  for (CheckResult& check : result.checks) {
    // Live, the session was judged by its calls; offline all there is comes from the capture.
    if (check.kind != CheckKind::packets && (!evidence.offline || is_certain)) continue;
    check.verdict = Verdict::inconclusive;
    if (!evidence.offline || is_certain) check.points = 0;
    check.reason = "the capture is unsound: " + result.soundness.faults.front();
  }
}

void sum_points(ScenarioResult& result) {
  double row_points = 0;
  double earned = 0;
  for (const CheckResult& check : result.checks) {
    row_points += check.max_points;
    earned += check.points;
  }
  const bool passed = result.verdict == Verdict::pass || result.verdict == Verdict::xfail;
  if (passed) {
    result.points = result.max_points;
  } else if (row_points > 0 && result.verdict == Verdict::fail) {
    result.points = result.max_points * earned / row_points;
  }
}

}  // namespace

ScenarioResult begin_result(const Scenario& scenario) {
  ScenarioResult result;
  result.id = scenario.id;
  result.title = scenario.title;
  result.file = scenario.path.string();
  result.server = scenario.front.server;
  result.tags = scenario.front.tags;
  result.level = scenario.front.level;
  double row_points = 0;
  for (const PacketTable& table : scenario.packet_tables) {
    for (const PlacedRow& placed : table.rows) row_points += placed.row.points;
  }
  for (const CallTable& table : scenario.call_tables) {
    for (const PlacedCallRow& placed : table.rows) row_points += placed.row.points;
  }
  result.max_points = std::max(scenario.front.points, row_points);
  return result;
}

ScenarioResult judge(const Scenario& scenario, const Evidence& evidence) {
  ScenarioResult result = begin_result(scenario);
  result.soundness = evidence.soundness;
  result.calls = evidence.played.calls;
  result.steps = evidence.played.steps;
  result.sockets = name_snapshots(scenario, evidence);
  if (scenario.session) {
    result.checks.push_back(judge_session(evidence.played));
    add_failures(explain_session(scenario, evidence), result);
    result.symptoms = list_symptoms(scenario, evidence);
  }
  const std::size_t of_session = result.failures.size();
  judge_packets(scenario, evidence, result);
  if (!scenario.path_rules.empty()) add_section(judge_path(scenario, evidence), result);
  for (const SocketTable& table : scenario.socket_tables) {
    add_section(judge_sockets(table, scenario, evidence), result);
  }
  if (!scenario.measures.empty()) add_section(judge_measures(scenario, evidence), result);
  for (const CallTable& table : scenario.call_tables) {
    add_section(judge_calls(table, evidence), result);
  }

  result.verdict = overall(result, scenario, evidence.offline);
  if (evidence.judges_client && result.verdict == Verdict::fail) {
    forget_causes(result, of_session);
    add_first(judge_programs(scenario, evidence), result);
  }
  if (!evidence.played.inconclusive.empty()) {
    result.verdict = Verdict::inconclusive;
    result.reason = evidence.played.inconclusive;
  }
  if (!evidence.played.error.empty()) {
    result.verdict = Verdict::error;
    result.reason = evidence.played.error;
  }
  // What was found on unsound evidence is neither a failure nor to be shown as one.
  if (result.verdict == Verdict::inconclusive) {
    result.failures.clear();
    result.symptoms.clear();
  }
  sum_points(result);
  for (Failure& failure : result.failures) {
    if (failure.diagnostic.severity == Severity::error) {
      failure.diagnostic.notes.push_back({"again", again_line(scenario, evidence)});
    }
    failure.rendered = render_diagnostic(failure.diagnostic, scenario.source);
  }
  if (result.reason.empty()) result.reason = first_reason(result);
  return result;
}

}  // namespace wireproof
