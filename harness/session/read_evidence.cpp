#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "base/hex.h"
#include "session/actor_map.h"
#include "session/judge.h"

// `check` plays nothing: the capture's connections are given to the actors in the order of their
// SYNs, and what the session says each actor sends and receives is compared with its streams.

namespace wireproof {
namespace {

// An actor's place in the capture.
struct OfflineActor {
  const TcpConnection* tcp = nullptr;
  const UdpExchange* udp = nullptr;
  bool uses_udp = false;
  bool ended = false;    // a step failed: the rest of its part is not judged
  std::size_t sent = 0;  // bytes of its stream, or datagrams, compared so far
  std::size_t received = 0;

  ByteView unread() const {
    return tcp == nullptr ? ByteView{} : ByteView(tcp->server_stream).subspan(received);
  }
};

bool has_event(const TcpConnection* connection, EventKind kind, Side from) {
  return connection != nullptr &&
         std::any_of(connection->events.begin(), connection->events.end(),
                     [&](const Event& event) { return event.kind == kind && event.from == from; });
}

class OfflineSession {
 public:
  OfflineSession(const Scenario& scenario, const Conversations& conversations, Evidence& evidence)
      : scenario_(scenario), conversations_(conversations), evidence_(evidence) {}

  void play(const std::vector<Step>& steps);
  // Without a session: connections go to the tables' clients in their order.
  void assign_all();

 private:
  // What a step found: empty when it holds.
  using Finding = std::optional<Diagnostic>;

  void play_one(const Step& step, const std::string& name);
  Finding judge_step(const Step& step, const std::string& name, OfflineActor& actor);
  Finding connect(const std::string& name, OfflineActor& actor);
  void run_program(const std::string& name);
  Finding send(const StepSend& send, const std::string& name, OfflineActor& actor);
  Finding receive(const Message& message, OfflineActor& actor);
  Finding receive_datagram(const Message& message, OfflineActor& actor);
  Finding take(std::size_t size, OfflineActor& actor, const std::string& what);
  Finding receive_pattern(const std::string& pattern, OfflineActor& actor);
  Finding receive_until(const Bytes& terminator, OfflineActor& actor);
  Finding receive_end(OfflineActor& actor);
  void skip(const Step& step, const std::string& reason);
  FailedStep facts_of(const Step& step, const std::string& name, const OfflineActor& actor) const;

  const Scenario& scenario_;
  const Conversations& conversations_;
  Evidence& evidence_;
  std::map<std::string, OfflineActor> actors_;
  std::size_t next_tcp_ = 0;
  std::size_t next_udp_ = 0;
};

Diagnostic finding(std::string message) {
  Diagnostic diagnostic;
  diagnostic.message = std::move(message);
  return diagnostic;
}

Diagnostic mismatch_finding(const MessageMismatch& mismatch) {
  Diagnostic diagnostic = finding(
      mismatch.field.empty() ? fmt::format("byte {} of the message differs", mismatch.offset)
                             : fmt::format("field {} of the message differs at byte {}",
                                           mismatch.field, mismatch.offset));
  diagnostic.notes.push_back({"expected", mismatch.expected});
  diagnostic.notes.push_back({"captured", mismatch.captured});
  return diagnostic;
}

void OfflineSession::play(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    if (const auto* repeat = std::get_if<StepRepeat>(&step.action)) {
      for (std::uint64_t i = 1; i <= repeat->times; ++i) {
        evidence_.variables["i"] = std::to_string(i);
        play(repeat->steps);
      }
      continue;
    }
    if (step.actor != "each") {
      play_one(step, step.actor);
      continue;
    }
    for (std::uint64_t n = 1; n <= scenario_.session->group_size; ++n) {
      play_one(step, "c" + std::to_string(n));
    }
  }
}

void OfflineSession::play_one(const Step& step, const std::string& name) {
  OfflineActor& actor = actors_[name];
  if (actor.ended) return;
  evidence_.variables["n"] = client_number(name);
  StepResult result;
  result.actor = name;
  result.text = render_step(step);
  result.line = scenario_.source.position(step.span.begin).line;
  Finding failed = judge_step(step, name, actor);
  if (failed) {
    actor.ended = true;
    result.ok = false;
    result.outcome = failed->message;
    failed->span = step.span;
    evidence_.session_failures.push_back(*failed);
    evidence_.failed_steps.push_back(facts_of(step, name, actor));
  }
  evidence_.steps.push_back(std::move(result));
}

// What a client would have met there; when it would have given up a capture cannot tell.
FailedStep OfflineSession::facts_of(const Step& step, const std::string& name,
                                    const OfflineActor& actor) const {
  FailedStep facts;
  facts.actor = name;
  facts.step = step.span;
  facts.variables = evidence_.variables;
  facts.received_before = actor.received;
  ByteView unread = actor.unread();
  if (actor.udp != nullptr && std::holds_alternative<StepRecvMessage>(step.action)) {
    std::size_t left = actor.received;  // the datagram that failed is counted
    for (const Datagram& datagram : actor.udp->datagrams) {
      const bool is_reply = datagram.from == Side::server && !datagram.port_unreachable;
      if (is_reply && left > 0 && --left == 0) unread = datagram.payload;
    }
  }
  facts.received.assign(unread.begin(), unread.end());
  if (!unread.empty()) {
    facts.end = StepEnd::bytes;
  } else if (has_event(actor.tcp, EventKind::rst, Side::server)) {
    const bool opened = has_event(actor.tcp, EventKind::open, Side::server);
    facts.end = opened ? StepEnd::reset : StepEnd::refused;
  } else if (has_event(actor.tcp, EventKind::fin, Side::server)) {
    facts.end = StepEnd::end_of_stream;
  } else {
    facts.end = StepEnd::timed_out;
  }
  return facts;
}

OfflineSession::Finding OfflineSession::judge_step(const Step& step, const std::string& name,
                                                   OfflineActor& actor) {
  const StepAction& action = step.action;
  if (std::holds_alternative<StepConnect>(action)) return connect(name, actor);
  if (std::holds_alternative<StepRun>(action)) {
    run_program(name);
    return {};
  }
  if (const auto* sent = std::get_if<StepSend>(&action)) return send(*sent, name, actor);
  if (const auto* recv = std::get_if<StepRecvMessage>(&action)) {
    return actor.uses_udp ? receive_datagram(recv->message, actor) : receive(recv->message, actor);
  }
  if (const auto* recv = std::get_if<StepRecvCount>(&action)) {
    return take(recv->count, actor, fmt::format("{} bytes", recv->count));
  }
  if (const auto* recv = std::get_if<StepRecvUntil>(&action)) {
    return receive_until(recv->terminator, actor);
  }
  if (const auto* recv = std::get_if<StepRecvPattern>(&action)) {
    return receive_pattern(recv->pattern, actor);
  }
  if (std::holds_alternative<StepRecvEof>(action)) return receive_end(actor);
  if (std::holds_alternative<StepRecvReset>(action)) {
    if (has_event(actor.tcp, EventKind::rst, Side::server)) return {};
    return finding("the capture has no RST of the server on this connection");
  }
  if (std::holds_alternative<StepRefused>(action)) {
    const bool refused = actor.uses_udp || (has_event(actor.tcp, EventKind::rst, Side::server) &&
                                            !has_event(actor.tcp, EventKind::open, Side::server));
    if (refused) return {};
    return finding("the server accepted the connection that should be refused");
  }
  const bool plain =
      std::holds_alternative<StepShutdown>(action) || std::holds_alternative<StepClose>(action) ||
      std::holds_alternative<StepAbort>(action) || std::holds_alternative<StepWait>(action) ||
      std::holds_alternative<StepType>(action);
  if (!plain) skip(step, "only a live run can judge it");
  return {};
}

OfflineSession::Finding OfflineSession::connect(const std::string& name, OfflineActor& actor) {
  actor = OfflineActor{};
  actor.uses_udp = actor_uses_udp(scenario_, name, evidence_.tcp_port != 0);
  if (actor.uses_udp) return {};  // connecting a UDP socket sends nothing
  if (next_tcp_ == conversations_.tcp.size()) {
    return finding(fmt::format("the capture has no further connection to port {}, for {}",
                               evidence_.tcp_port, name));
  }
  actor.tcp = &conversations_.tcp[next_tcp_++];
  evidence_.actors.push_back({name, actor.tcp->client, true});
  return {};
}

// The next connection is taken for the program's; what nobody claims in the end is, too.
void OfflineSession::run_program(const std::string& name) {
  if (std::ranges::find(evidence_.programs, name) == evidence_.programs.end()) {
    evidence_.programs.push_back(name);
  }
  if (actor_uses_udp(scenario_, name, evidence_.tcp_port != 0)) {
    if (next_udp_ == conversations_.udp.size()) return;
    evidence_.actors.push_back({name, conversations_.udp[next_udp_++].client, false});
  } else if (next_tcp_ < conversations_.tcp.size()) {
    evidence_.actors.push_back({name, conversations_.tcp[next_tcp_++].client, true});
  }
}

OfflineSession::Finding OfflineSession::send(const StepSend& send, const std::string& name,
                                             OfflineActor& actor) {
  const auto encoded = encode_message(send.message, scenario_.layouts, evidence_.variables);
  if (!encoded) return finding(encoded.error());
  const Bytes& expected = encoded->bytes;
  ByteView captured;
  if (actor.uses_udp) {
    if (actor.udp == nullptr && next_udp_ < conversations_.udp.size()) {
      actor.udp = &conversations_.udp[next_udp_++];
      evidence_.actors.push_back({name, actor.udp->client, false});
    }
    std::size_t index = 0;
    const Datagram* datagram = nullptr;
    if (actor.udp != nullptr) {
      for (const Datagram& each : actor.udp->datagrams) {
        if (each.from == Side::client && !each.port_unreachable && index++ == actor.sent) {
          datagram = &each;
        }
      }
    }
    if (datagram == nullptr) return finding("the capture has no such datagram of the client");
    captured = datagram->payload;
    ++actor.sent;
  } else {
    if (actor.tcp == nullptr) return finding("not connected");
    const ByteView rest = ByteView(actor.tcp->client_stream).subspan(actor.sent);
    captured = rest.first(std::min(rest.size(), expected.size()));
    actor.sent += captured.size();
  }
  // A reset throws away what had not left the client yet (RFC 9293 §3.10.5).
  const bool was_cut = has_event(actor.tcp, EventKind::rst, Side::client);
  const std::size_t size = was_cut ? captured.size() : expected.size();
  if (std::ranges::equal(captured, ByteView(expected).first(size))) return {};
  Diagnostic diagnostic = finding("the client of the capture sent something else");
  diagnostic.notes.push_back({"expected", render_quoted(expected)});
  diagnostic.notes.push_back({"captured", render_quoted(captured)});
  return diagnostic;
}

OfflineSession::Finding OfflineSession::receive(const Message& message, OfflineActor& actor) {
  const ByteView unread = actor.unread();
  const MessageNeed need = message_need(message, scenario_.layouts, evidence_.variables, unread);
  if (!need.to_end && unread.size() < need.size) {
    const auto differs = compare_message(message, scenario_.layouts, evidence_.variables, unread);
    Diagnostic diagnostic = differs ? mismatch_finding(*differs) : finding("");
    diagnostic.message = fmt::format("the server sent {} of {} bytes", unread.size(), need.size);
    return diagnostic;
  }
  const ByteView bytes = need.to_end ? unread : unread.first(need.size);
  const auto differs = compare_message(message, scenario_.layouts, evidence_.variables, bytes);
  if (differs) return mismatch_finding(*differs);
  actor.received += bytes.size();
  return {};
}

OfflineSession::Finding OfflineSession::receive_datagram(const Message& message,
                                                         OfflineActor& actor) {
  std::size_t index = 0;
  if (actor.udp != nullptr) {
    for (const Datagram& datagram : actor.udp->datagrams) {
      if (datagram.from != Side::server || datagram.port_unreachable) continue;
      if (index++ != actor.received) continue;
      ++actor.received;
      const auto differs =
          compare_message(message, scenario_.layouts, evidence_.variables, datagram.payload);
      if (differs) return mismatch_finding(*differs);
      return {};
    }
  }
  return finding("the capture has no such datagram of the server");
}

OfflineSession::Finding OfflineSession::take(std::size_t size, OfflineActor& actor,
                                             const std::string& what) {
  if (actor.unread().size() < size) {
    return finding(
        fmt::format("the server sent {} more bytes, not {}", actor.unread().size(), what));
  }
  actor.received += size;
  return {};
}

OfflineSession::Finding OfflineSession::receive_until(const Bytes& terminator,
                                                      OfflineActor& actor) {
  const ByteView unread = actor.unread();
  const auto found =
      std::search(unread.begin(), unread.end(), terminator.begin(), terminator.end());
  if (found == unread.end()) {
    return finding(fmt::format("the server did not send {}", render_quoted(terminator)));
  }
  actor.received += static_cast<std::size_t>(found - unread.begin()) + terminator.size();
  return {};
}

OfflineSession::Finding OfflineSession::receive_pattern(const std::string& pattern,
                                                        OfflineActor& actor) {
  const std::string text(as_text(actor.unread()));
  std::smatch match;
  const bool found = std::regex_search(text, match, std::regex(pattern));
  if (!found) {
    Diagnostic diagnostic = finding("what the server sent does not match /" + pattern + "/");
    diagnostic.notes.push_back({"captured", render_quoted(actor.unread())});
    return diagnostic;
  }
  actor.received += static_cast<std::size_t>(match.position(0) + match.length(0));
  return {};
}

OfflineSession::Finding OfflineSession::receive_end(OfflineActor& actor) {
  if (!actor.unread().empty()) {
    Diagnostic diagnostic =
        finding(fmt::format("the server sent {} more bytes before its end", actor.unread().size()));
    diagnostic.notes.push_back({"captured", render_quoted(actor.unread())});
    return diagnostic;
  }
  if (has_event(actor.tcp, EventKind::fin, Side::server)) return {};
  return finding("the capture has no FIN of the server on this connection");
}

void OfflineSession::skip(const Step& step, const std::string& reason) {
  evidence_.session_skipped.push_back(render_step(step) + ": " + reason);
}

void OfflineSession::assign_all() {
  for (const std::string& name : actor_names(scenario_)) {
    if (next_tcp_ < conversations_.tcp.size() && !actor_uses_udp(scenario_, name, true)) {
      evidence_.actors.push_back({name, conversations_.tcp[next_tcp_++].client, true});
    } else if (next_udp_ < conversations_.udp.size()) {
      evidence_.actors.push_back({name, conversations_.udp[next_udp_++].client, false});
    }
  }
}

}  // namespace

Evidence read_evidence(const Scenario& scenario, const PacketStore& packets, std::uint16_t tcp_port,
                       std::uint16_t udp_port) {
  Evidence evidence;
  evidence.offline = true;
  evidence.packets = &packets;
  evidence.tcp_port = tcp_port;
  evidence.udp_port = udp_port;
  evidence.soundness.captured = true;
  evidence.soundness.delivered = packets.size();
  const std::vector<Packet> decoded = packets.decode_all();
  const Conversations conversations = build_conversations(decoded, tcp_port, udp_port);
  OfflineSession session(scenario, conversations, evidence);
  if (scenario.session) {
    session.play(scenario.session->steps);
  } else {
    session.assign_all();
  }
  return evidence;
}

}  // namespace wireproof
