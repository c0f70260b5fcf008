#include "judge/explain/explain.h"

#include <algorithm>
#include <set>

#include "judge/explain/class_failure.h"
#include "judge/explain/explain_alone.h"
#include "judge/explain/path_fault.h"
#include "judge/explain/session_walk.h"
#include "packets/wire/packet.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

std::vector<StrayDatagram> find_strays(const Traffic& traffic) {
  std::vector<StrayDatagram> strays;
  for (const std::size_t index : traffic.conversations().others) {
    const Packet& packet = traffic.packets()[index];
    const UdpHeader* const udp = packet.udp();
    if (!packet.ip || udp == nullptr) continue;
    strays.push_back({{packet.ip->source, udp->source_port},
                      {packet.ip->destination, udp->destination_port},
                      Bytes(packet.payload.begin(), packet.payload.end())});
  }
  return strays;
}

void add_streams(const Traffic& traffic, FailureEvidence& failure) {
  for (const ActorConversations& actor : traffic.actors()) {
    const TcpConnection* const tcp = actor.tcp.empty() ? nullptr : actor.tcp.back();
    const UdpExchange* const udp = actor.udp.empty() ? nullptr : actor.udp.back();
    if (actor.actor == kServerName) {
      failure.server_asks = true;
    } else if (actor.actor == failure.actor) {
      failure.connection = tcp;
      failure.exchange = udp;
    } else {
      OtherClient& other = failure.others.emplace_back();
      other.actor = actor.actor;
      other.connection = tcp;
      other.exchange = udp;
    }
  }
}

// Bytes that an actor's calls took from its last connection.
std::size_t received_by_calls(const Evidence& evidence, const std::string& actor) {
  std::size_t size = 0;
  for (const SocketCall& call : evidence.played.calls) {
    if (call.actor != actor || call.side != Side::client) continue;
    if (call.name == "connect") size = 0;
    if (call.name == "recv" && call.result > 0) size += static_cast<std::size_t>(call.result);
  }
  return size;
}

// What the capture shows of the server's stream from the failed message on: also what the client
// did not read any more.
void add_rest_of_stream(const SessionWalk& walk, const FailedStep& failed, const Evidence& evidence,
                        FailureEvidence& failure) {
  if (failure.connection == nullptr) return;
  const Bytes& stream = failure.connection->server_stream;
  if (evidence.offline) {
    failure.reply_begin = failed.received_before;
  } else if (walk.received_known) {
    failure.reply_begin = walk.received_size;
  } else {
    const std::size_t taken = failure.goal == StepGoal::silence ? 0 : failed.received.size();
    const std::size_t all = received_by_calls(evidence, failed.actor);
    failure.reply_begin = all - std::min(all, taken);
  }
  const std::size_t end = failed.is_certain ? captured_size(*failure.connection, Side::server)
                                            : stream.size();  // a gap's zeros did not come
  const std::size_t begin = std::min(failure.reply_begin, end);
  const ByteView rest = ByteView(stream).first(end).subspan(begin);
  const bool agrees = rest.size() >= failed.received.size() &&
                      std::ranges::equal(rest.first(failed.received.size()), failed.received);
  if (agrees) failure.came.assign(rest.begin(), rest.end());
}

// When the session of an actor failed first; none: it did not, or there was no clock.
std::optional<Timestamp> gave_up(const Evidence& evidence, const std::string& actor) {
  for (const FailedStep& failed : evidence.played.failures) {
    if (failed.actor == actor && failed.gave_up) return failed.gave_up;
  }
  return std::nullopt;
}

// The text before each answer is a parameter of the servers that have one.
Bytes answer_prefix(const FrontMatter& front) {
  const auto prefix = front.parameters.find("prefix");
  if (prefix == front.parameters.end()) return {};
  const ByteView bytes = as_bytes(prefix->second);
  return {bytes.begin(), bytes.end()};
}

struct JudgedSession {
  const Scenario& scenario;
  const Evidence& evidence;
  SessionPlan plan;
};

FailureEvidence gather(const JudgedSession& session, const FailedStep& failed) {
  const Scenario& scenario = session.scenario;
  const Evidence& evidence = session.evidence;
  FailureEvidence failure;
  SessionWalk walk = walk_session(scenario, session.plan, failed);
  failure.actor = failed.actor;
  failure.end = failed.end;
  failure.came = failed.received;
  failure.in_time = failed.received.size();
  failure.gave_up = failed.gave_up;
  failure.server_end = evidence.server_end;
  failure.holders = evidence.holders;
  failure.passages = evidence.path_passages;
  failure.calls = evidence.played.calls;
  failure.layouts = &scenario.layouts;
  failure.prefix = answer_prefix(scenario.front);
  if (evidence.traffic) {
    failure.strays = find_strays(*evidence.traffic);
    add_streams(*evidence.traffic, failure);
  }
  for (OtherClient& other : failure.others) {
    other.expected = expected_bytes(scenario, session.plan, other.actor, failed.variables);
    other.gave_up = gave_up(evidence, other.actor);
    if (other.connection == nullptr) continue;
    other.unread = count_unread(evidence, other.actor, *other.connection);
  }
  if (walk.failed != nullptr) {
    const StepTraits traits = step_traits(walk.failed->action);
    failure.goal = traits.goal;
    failure.request_in_pieces = traits.in_pieces;
    if (traits.expects != nullptr) failure.layout = only_layout(*traits.expects, scenario.layouts);
    const auto* const searches = std::get_if<StepRecvPattern>(&walk.failed->action);
    if (searches != nullptr) failure.pattern = fill_pattern(searches->pattern, failed.variables);
    add_rest_of_stream(walk, failed, evidence, failure);
  }
  failure.expected = std::move(walk.expected);
  failure.expected_head = std::move(walk.expected_head);
  failure.requests = std::move(walk.requests);
  failure.request_in_pieces = walk.request_in_pieces || failure.request_in_pieces;
  failure.replies = std::move(walk.replies);
  failure.later = std::move(walk.later);
  return failure;
}

// What the path kept from an actor that plays the server's part and waited in vain.
std::optional<Explanation> explain_serving(const Evidence& evidence, const FailedStep& failed) {
  if (!evidence.traffic || failed.end != StepEnd::timed_out) return std::nullopt;
  const auto find = [&](const auto& conversations) -> std::optional<Explanation> {
    for (const auto& each : conversations) {
      if (evidence.traffic->server_of(each) != failed.actor) continue;
      if (auto told = explain_path(each, evidence.path_passages, failed.gave_up)) return told;
    }
    return std::nullopt;
  };
  auto told = find(evidence.traffic->conversations().tcp);
  return told ? told : find(evidence.traffic->conversations().udp);
}

void add_why(const Explanation& explanation, Diagnostic& failure) {
  failure.explanation = explanation.id;
  failure.notes.push_back({"why", explanation.text});
}

}  // namespace

std::size_t count_unread(const Evidence& evidence, const std::string& actor,
                         const TcpConnection& connection) {
  // What a program reads, no call of ours tells.
  const bool is_program =
      std::ranges::find(evidence.played.programs, actor) != evidence.played.programs.end();
  if (evidence.offline || is_program) return 0;
  const std::size_t sent = connection.server_stream.size();
  return sent - std::min(sent, received_by_calls(evidence, actor));
}

Diagnostics explain_session(const Scenario& scenario, const Evidence& evidence) {
  Diagnostics failures;
  if (evidence.played.failures.empty()) return failures;
  const JudgedSession session{scenario, evidence, plan_session(*scenario.session)};
  // What a server does wrong explains nothing of an actor that plays its part.
  bool is_deserted = false;
  for (const FailedStep& failed : evidence.played.failures) {
    Diagnostic& failure = failures.emplace_back(failed.diagnostic);
    const bool is_serving = are_deserted({&failed, 1}, *scenario.session);
    is_deserted = is_deserted || is_serving;
    if (is_serving) {
      if (const auto kept = explain_serving(evidence, failed)) add_why(*kept, failure);
    }
    if (is_deserted) continue;
    const FailureEvidence gathered = gather(session, failed);
    auto explanation = explain_path(gathered);
    if (!explanation) explanation = explain_failure(gathered);
    if (!explanation) {
      if (auto seen = explain_alone(gathered))
        explanation = Explanation{ExplanationId::none, *seen};
    }
    const bool is_told = explanation && (explanation->id == ExplanationId::failed_call ||
                                         explanation->id == ExplanationId::never_read);
    const std::string done = is_told ? "" : tell_calls(gathered);
    if (!done.empty()) failure.notes.push_back({"server", done});
    if (explanation) add_why(*explanation, failure);
  }
  std::stable_partition(failures.begin(), failures.end(), [](const Diagnostic& failure) {
    return failure.explanation != ExplanationId::none;
  });
  return failures;
}

std::vector<Symptom> list_symptoms(const Scenario& scenario, const Evidence& evidence) {
  if (evidence.played.failures.empty()) return {};
  const JudgedSession session{scenario, evidence, plan_session(*scenario.session)};
  std::set<Symptom> symptoms;
  for (const FailedStep& failed : evidence.played.failures) {
    Symptom symptom = class_failure(gather(session, failed));
    symptom.place = failed.playing;
    symptoms.insert(std::move(symptom));
  }
  return {symptoms.begin(), symptoms.end()};
}

}  // namespace wireproof
