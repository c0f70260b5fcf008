#include "judge/explain/explain.h"

#include <algorithm>

#include "judge/explain/session_walk.h"
#include "judge/traffic/actor_map.h"
#include "packets/wire/packet.h"

namespace wireproof {
namespace {

StepGoal goal_of(const StepAction& action, bool has_expectation) {
  if (has_expectation) return StepGoal::message;
  if (std::holds_alternative<StepRecvEof>(action)) return StepGoal::end;
  if (std::holds_alternative<StepRecvReset>(action)) return StepGoal::reset;
  if (std::holds_alternative<StepRecvNothing>(action)) return StepGoal::silence;
  if (std::holds_alternative<StepConnect>(action)) return StepGoal::connect;
  if (std::holds_alternative<StepRefused>(action)) return StepGoal::refusal;
  if (std::holds_alternative<StepSend>(action)) return StepGoal::send;
  if (const auto* const server = std::get_if<StepServer>(&action)) {
    switch (server->action) {
      case ServerAction::restart:
        return StepGoal::server_restart;
      case ServerAction::alive:
        return StepGoal::server_alive;
      case ServerAction::idle:
        return StepGoal::server_idle;
      case ServerAction::stop:
        return StepGoal::other;
    }
  }
  return StepGoal::other;
}

bool receives_message(const StepAction& action) {
  return std::holds_alternative<StepRecvMessage>(action) ||
         std::holds_alternative<StepRecvCount>(action) ||
         std::holds_alternative<StepRecvUntil>(action) ||
         std::holds_alternative<StepRecvPattern>(action);
}

// The capture of a run with failures, as far as there is one.
struct SeenTraffic {
  std::vector<Packet> packets;
  Conversations conversations;
  ActorMap actors;
  std::vector<StrayDatagram> strays;
};

SeenTraffic see_traffic(const Evidence& evidence) {
  SeenTraffic seen;
  if (evidence.packets == nullptr) return seen;
  seen.packets = evidence.packets->decode_all();
  seen.conversations = build_conversations(seen.packets, evidence.tcp_port, evidence.udp_port);
  seen.actors = map_actors(seen.conversations, evidence.actors);
  for (const std::size_t index : seen.conversations.others) {
    const Packet& packet = seen.packets[index];
    const UdpHeader* const udp = packet.udp();
    if (!packet.ip || udp == nullptr) continue;
    seen.strays.push_back({{packet.ip->source, udp->source_port},
                           {packet.ip->destination, udp->destination_port},
                           Bytes(packet.payload.begin(), packet.payload.end())});
  }
  return seen;
}

void add_streams(const SeenTraffic& seen, FailureEvidence& failure) {
  for (const ActorConversations& actor : seen.actors.actors) {
    const TcpConnection* const tcp = actor.tcp.empty() ? nullptr : actor.tcp.back();
    const UdpExchange* const udp = actor.udp.empty() ? nullptr : actor.udp.back();
    if (actor.actor == failure.actor) {
      failure.connection = tcp;
      failure.exchange = udp;
    } else {
      failure.others.push_back({actor.actor, tcp, udp, {}});
    }
  }
}

// Bytes that an actor's calls took from its last connection.
std::size_t received_by_calls(const Evidence& evidence, const std::string& actor) {
  std::size_t size = 0;
  for (const SocketCall& call : evidence.calls) {
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
  const std::size_t begin = std::min(failure.reply_begin, stream.size());
  const ByteView rest = ByteView(stream).subspan(begin);
  const bool agrees = rest.size() >= failed.received.size() &&
                      std::ranges::equal(rest.first(failed.received.size()), failed.received);
  if (agrees) failure.came.assign(rest.begin(), rest.end());
}

bool sends_pieces(const Step* step) {
  const auto* const send = step == nullptr ? nullptr : std::get_if<StepSend>(&step->action);
  return send != nullptr && (send->piece_size || !send->split_after.empty());
}

FailureEvidence gather(const Scenario& scenario, const Evidence& evidence, const SeenTraffic& seen,
                       const FailedStep& failed) {
  FailureEvidence failure;
  SessionWalk walk = walk_session(scenario, failed);
  failure.actor = failed.actor;
  failure.end = failed.end;
  failure.came = failed.received;
  failure.gave_up = failed.gave_up;
  failure.server_end = evidence.server_end;
  failure.strays = seen.strays;
  failure.holders = evidence.holders;
  failure.layouts = &scenario.layouts;
  add_streams(seen, failure);
  for (OtherClient& other : failure.others) {
    other.expected = expected_bytes(scenario, other.actor, failed.variables);
    if (evidence.offline || other.connection == nullptr) continue;
    const std::size_t sent = other.connection->server_stream.size();
    other.unread = sent - std::min(sent, received_by_calls(evidence, other.actor));
  }
  if (walk.failed != nullptr) {
    failure.goal = goal_of(walk.failed->action, receives_message(walk.failed->action));
    if (const auto* const recv = std::get_if<StepRecvMessage>(&walk.failed->action)) {
      failure.layout = only_layout(recv->message, scenario.layouts);
    }
    add_rest_of_stream(walk, failed, evidence, failure);
  }
  failure.expected = std::move(walk.expected);
  failure.expected_head = std::move(walk.expected_head);
  failure.requests = std::move(walk.requests);
  failure.request_in_pieces = walk.request_in_pieces || sends_pieces(walk.failed);
  failure.replies = std::move(walk.replies);
  failure.later = std::move(walk.later);
  return failure;
}

}  // namespace

void explain_session(const Scenario& scenario, const Evidence& evidence, Diagnostics& failures) {
  if (failures.empty() || evidence.failed_steps.size() != failures.size()) return;
  const SeenTraffic seen = see_traffic(evidence);
  for (std::size_t i = 0; i < failures.size(); ++i) {
    const FailureEvidence failure = gather(scenario, evidence, seen, evidence.failed_steps[i]);
    const auto explanation = explain_failure(failure);
    if (!explanation) continue;
    failures[i].explanation = explanation->id;
    failures[i].notes.push_back({"why", explanation->text});
  }
  std::stable_partition(failures.begin(), failures.end(), [](const Diagnostic& failure) {
    return failure.explanation != ExplanationId::none;
  });
}

}  // namespace wireproof
