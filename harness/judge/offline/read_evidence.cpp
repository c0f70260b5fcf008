#include <fmt/format.h>

#include <algorithm>

#include "base/text/hex.h"
#include "judge/offline/offline_recv.h"
#include "judge/offline/read_evidence.h"
#include "judge/traffic/actor_names.h"

// `check` plays nothing: the capture's connections are given to the actors in the order of their
// SYNs, and what the session says each actor sends and receives is compared with its streams.

namespace wireproof {
namespace {

class OfflineSession {
 public:
  OfflineSession(const Scenario& scenario, const Conversations& conversations,
                 std::uint16_t tcp_port)
      : scenario_(scenario), conversations_(conversations), tcp_port_(tcp_port) {}

  PlayedSession play();

 private:
  void play_steps(const std::vector<Step>& steps);
  // Without a session: connections go to the tables' clients in their order.
  void assign_all();
  void play_one(const Step& step, const std::string& name);
  Finding judge_step(const Step& step, const std::string& name, OfflineActor& actor);
  Finding connect(const std::string& name, OfflineActor& actor);
  void run_program(const std::string& name);
  Finding send(const StepSend& send, const std::string& name, OfflineActor& actor);
  void skip(const Step& step, const std::string& reason);
  FailedStep facts_of(const Step& step, const std::string& name, const OfflineActor& actor) const;

  const Scenario& scenario_;
  const Conversations& conversations_;
  std::uint16_t tcp_port_;  // the server's, 0: none
  PlayedSession played_;
  std::map<std::string, OfflineActor> actors_;
  std::size_t next_tcp_ = 0;
  std::size_t next_udp_ = 0;
};

PlayedSession OfflineSession::play() {
  if (scenario_.session) {
    play_steps(scenario_.session->steps);
  } else {
    assign_all();
  }
  return std::move(played_);
}

void OfflineSession::play_steps(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    if (const auto* repeat = std::get_if<StepRepeat>(&step.action)) {
      for (std::uint64_t i = 1; i <= repeat->times; ++i) {
        played_.variables["i"] = std::to_string(i);
        play_steps(repeat->steps);
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
  played_.variables["n"] = client_number(name);
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
    played_.failures.push_back(facts_of(step, name, actor));
    played_.failures.back().diagnostic = *std::move(failed);
  }
  played_.steps.push_back(std::move(result));
}

// What a client would have met there; when it would have given up a capture cannot tell.
FailedStep OfflineSession::facts_of(const Step& step, const std::string& name,
                                    const OfflineActor& actor) const {
  FailedStep facts;
  facts.actor = name;
  facts.step = step.span;
  facts.variables = played_.variables;
  facts.received_before = actor.received;
  const ByteView unread = actor.uses_udp ? actor.datagram : actor.unread();
  facts.received.assign(unread.begin(), unread.end());
  if (!unread.empty()) {
    facts.end = StepEnd::bytes;
  } else if (actor.has_event(EventKind::rst, Side::server)) {
    const bool opened = actor.has_event(EventKind::open, Side::server);
    facts.end = opened ? StepEnd::reset : StepEnd::refused;
  } else if (actor.has_event(EventKind::fin, Side::server)) {
    facts.end = StepEnd::end_of_stream;
  } else {
    facts.end = StepEnd::timed_out;
  }
  return facts;
}

Finding OfflineSession::judge_step(const Step& step, const std::string& name, OfflineActor& actor) {
  const StepAction& action = step.action;
  actor.datagram = {};
  if (std::holds_alternative<StepConnect>(action)) return connect(name, actor);
  if (std::holds_alternative<StepRun>(action)) {
    run_program(name);
    return {};
  }
  if (const auto* sent = std::get_if<StepSend>(&action)) return send(*sent, name, actor);
  OfflineRecv recv(actor, scenario_.layouts, played_.variables);
  if (const auto* read = std::get_if<StepRecvMessage>(&action)) return recv.message(read->message);
  if (const auto* read = std::get_if<StepRecvCount>(&action)) return recv.count(read->count);
  if (const auto* read = std::get_if<StepRecvUntil>(&action)) return recv.until(read->terminator);
  if (const auto* read = std::get_if<StepRecvPattern>(&action)) return recv.pattern(read->pattern);
  if (std::holds_alternative<StepRecvEof>(action)) return recv.end();
  if (std::holds_alternative<StepRecvReset>(action)) return recv.reset();
  if (std::holds_alternative<StepRefused>(action)) return recv.refusal();
  const bool plain =
      std::holds_alternative<StepShutdown>(action) || std::holds_alternative<StepClose>(action) ||
      std::holds_alternative<StepAbort>(action) || std::holds_alternative<StepWait>(action) ||
      std::holds_alternative<StepType>(action);
  if (!plain) skip(step, "only a live run can judge it");
  return {};
}

Finding OfflineSession::connect(const std::string& name, OfflineActor& actor) {
  actor = OfflineActor{};
  actor.uses_udp = actor_uses_udp(scenario_, name, tcp_port_ != 0);
  if (actor.uses_udp) return {};  // connecting a UDP socket sends nothing
  if (next_tcp_ == conversations_.tcp.size()) {
    return finding(
        fmt::format("the capture has no further connection to port {}, for {}", tcp_port_, name));
  }
  actor.tcp = &conversations_.tcp[next_tcp_++];
  played_.actors.push_back({name, actor.tcp->client, true});
  return {};
}

// The next connection is taken for the program's; what nobody claims in the end is, too.
void OfflineSession::run_program(const std::string& name) {
  if (std::ranges::find(played_.programs, name) == played_.programs.end()) {
    played_.programs.push_back(name);
  }
  if (actor_uses_udp(scenario_, name, tcp_port_ != 0)) {
    if (next_udp_ == conversations_.udp.size()) return;
    played_.actors.push_back({name, conversations_.udp[next_udp_++].client, false});
  } else if (next_tcp_ < conversations_.tcp.size()) {
    played_.actors.push_back({name, conversations_.tcp[next_tcp_++].client, true});
  }
}

Finding OfflineSession::send(const StepSend& send, const std::string& name, OfflineActor& actor) {
  const auto encoded = encode_message(send.message, scenario_.layouts, played_.variables);
  if (!encoded) return finding(encoded.error());
  const Bytes& expected = encoded->bytes;
  ByteView captured;
  if (actor.uses_udp) {
    if (actor.udp == nullptr && next_udp_ < conversations_.udp.size()) {
      actor.udp = &conversations_.udp[next_udp_++];
      played_.actors.push_back({name, actor.udp->client, false});
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
  const bool was_cut = actor.has_event(EventKind::rst, Side::client);
  const std::size_t size = was_cut ? captured.size() : expected.size();
  if (std::ranges::equal(captured, ByteView(expected).first(size))) return {};
  Diagnostic diagnostic = finding("the client of the capture sent something else");
  diagnostic.notes.push_back({"expected", render_quoted(expected)});
  diagnostic.notes.push_back({"captured", render_quoted(captured)});
  return diagnostic;
}

void OfflineSession::skip(const Step& step, const std::string& reason) {
  played_.skipped.push_back(render_step(step) + ": " + reason);
}

void OfflineSession::assign_all() {
  for (const std::string& name : actor_names(scenario_)) {
    if (next_tcp_ < conversations_.tcp.size() && !actor_uses_udp(scenario_, name, true)) {
      played_.actors.push_back({name, conversations_.tcp[next_tcp_++].client, true});
    } else if (next_udp_ < conversations_.udp.size()) {
      played_.actors.push_back({name, conversations_.udp[next_udp_++].client, false});
    }
  }
}

}  // namespace

Evidence read_evidence(const Scenario& scenario, const PacketStore& packets, std::uint16_t tcp_port,
                       std::uint16_t udp_port) {
  Evidence evidence;
  evidence.offline = true;
  evidence.tcp_port = tcp_port;
  evidence.udp_port = udp_port;
  evidence.soundness.captured = true;
  evidence.soundness.delivered = packets.size();
  DecodedCapture capture = decode_capture(packets, tcp_port, udp_port);
  evidence.played = OfflineSession(scenario, capture.conversations, tcp_port).play();
  evidence.traffic = assign_traffic(std::move(capture), evidence.played);
  return evidence;
}

}  // namespace wireproof
