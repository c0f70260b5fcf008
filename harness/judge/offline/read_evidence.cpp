#include <fmt/format.h>

#include <algorithm>

#include "base/text/bytes.h"
#include "base/text/words.h"
#include "expect/payload/field_codec.h"
#include "judge/offline/offline_recv.h"
#include "judge/offline/read_evidence.h"
#include "judge/traffic/traffic.h"
#include "sheet/session/step_traits.h"

// `check` plays nothing: the capture's connections are given to the actors in the order of their
// SYNs, those without one last, and what the session says each actor sends and receives is compared
// with its streams.

namespace wireproof {
namespace {

constexpr std::string_view kChangedByPath =
    "the path changed what came, or its order: only a live run can judge it";

// As anybody's step has it, the server's too: it is no actor of the plan.
const SheetActor kServerActor{"server", 1, false};

class OfflineSession {
 public:
  OfflineSession(const Scenario& scenario, const Conversations& conversations,
                 std::uint16_t tcp_port)
      : scenario_(scenario),
        conversations_(conversations),
        tcp_port_(tcp_port),
        transport_(transport_of(scenario.front, tcp_port != 0)) {
    for (const TcpConnection& connection : conversations.tcp) connections_.push_back(&connection);
    std::stable_partition(connections_.begin(), connections_.end(),
                          [](const TcpConnection* connection) { return connection->has_syn; });
    if (!scenario.session) return;
    ServingActors& serving = played_.serving;
    serving.listening = listening_actors(*scenario.session, scenario.front.transport);
    serving.beside_server = has_server(scenario.front);
  }

  PlayedSession play() {
    if (scenario_.session) {
      play_steps();
    } else {
      assign_all();
    }
    return std::move(played_);
  }

 private:
  // One step of one actor against the capture. What our clients do without the server (`close`,
  // `wait`) shows nowhere else; what only a live run can judge is skipped before it comes here.
  struct OfflineStep {
    OfflineSession& session;
    const std::string& name;
    OfflineActor& actor;

    OfflineRecv recv() const {
      return {actor, session.scenario_.layouts, session.played_.variables};
    }

    Finding operator()(const StepConnect&) const { return session.connect(name, actor); }
    Finding operator()(const StepSend& step) const { return session.send(step, name, actor); }
    Finding operator()(const StepRecvMessage& step) const { return recv().message(step.message); }
    Finding operator()(const StepRecvEither& step) const { return recv().either(step.messages); }
    Finding operator()(const StepRecvCount& step) const { return recv().count(step.count); }
    Finding operator()(const StepRecvUntil& step) const { return recv().until(step.terminator); }
    Finding operator()(const StepRecvPattern& step) const { return recv().pattern(step.pattern); }
    Finding operator()(const StepRecvEof&) const { return recv().end(); }
    Finding operator()(const StepRecvReset&) const { return recv().reset(); }
    Finding operator()(const StepRefused&) const { return recv().refusal(); }
    Finding operator()(const StepListen&) const { return {}; }
    Finding operator()(const StepAccept& step) const {
      return session.accept(step.from.empty() ? name : step.from, name, actor);
    }
    Finding operator()(const StepRefuse&) const { return {}; }
    Finding operator()(const StepRun&) const {
      session.run_program(name);
      return {};
    }
    Finding operator()(const StepRecvNothing&) const { return {}; }
    Finding operator()(const StepShutdown&) const { return {}; }
    Finding operator()(const StepClose&) const { return {}; }
    Finding operator()(const StepAbort&) const { return {}; }
    Finding operator()(const StepWait&) const { return {}; }
    Finding operator()(const StepSockets&) const { return {}; }
    Finding operator()(const StepNote&) const { return {}; }
    Finding operator()(const StepType&) const { return {}; }
    Finding operator()(const StepPrints&) const { return {}; }
    Finding operator()(const StepExits&) const { return {}; }
    Finding operator()(const StepServer&) const { return {}; }
    Finding operator()(const StepRepeat&) const { return {}; }
  };

  void play_steps() {
    const SessionPlan plan = plan_session(*scenario_.session);
    for (std::size_t index = 0; index < plan.steps.size(); ++index) {
      const PlayedStep& played = plan.steps[index];
      if (played.repetition != 0) played_.variables["i"] = std::to_string(played.repetition);
      if (played.actor_count == 0) play_one(played, index, kServerActor);
      for (const SheetActor& who : plan.actors_of(played)) play_one(played, index, who);
    }
  }

  // Without a session: connections go to the tables' clients in their order.
  void assign_all() {
    for (const std::string& name : actor_names(scenario_)) {
      const TcpConnection* const tcp = uses_udp(transport_, name) ? nullptr : next_tcp();
      const UdpExchange* const udp = tcp == nullptr ? next_udp() : nullptr;
      if (tcp != nullptr) played_.actors.push_back({name, tcp->client, true});
      if (udp != nullptr) played_.actors.push_back({name, udp->client, false});
    }
  }

  // The next one that a client opens.
  const TcpConnection* next_tcp() {
    for (; next_tcp_ < connections_.size(); ++next_tcp_) {
      const TcpConnection* const connection = connections_[next_tcp_];
      if (played_.serving.is_opened_by_server(true, connection->server)) continue;
      ++next_tcp_;
      return connection;
    }
    return nullptr;
  }

  const UdpExchange* next_udp() {
    for (; next_udp_ < conversations_.udp.size(); ++next_udp_) {
      const UdpExchange& exchange = conversations_.udp[next_udp_];
      if (played_.serving.is_opened_by_server(false, exchange.server)) continue;
      ++next_udp_;
      return &exchange;
    }
    return nullptr;
  }

  // The next one to the port of `listener`, in the order of the SYNs.
  Finding accept(const std::string& listener, const std::string& name, OfflineActor& actor) {
    const std::vector<ListeningActor>& listening = played_.serving.listening;
    const auto own = std::ranges::find(listening, listener, &ListeningActor::name);
    if (own == listening.end()) return finding(listener + " does not listen");
    actor = OfflineActor{};
    actor.side = Side::server;
    actor.uses_udp = !own->tcp;
    std::size_t skipped = accepted_[listener]++;
    const auto is_next = [&](const Endpoint& server) {
      return server.port == own->port && skipped-- == 0;
    };
    for (const TcpConnection* const connection : connections_) {
      if (!own->tcp || actor.tcp != nullptr || !is_next(connection->server)) continue;
      actor.tcp = connection;
      actor.arrival = arrival_of(*connection, actor.peer());
      played_.serving.accepted.push_back({name, connection->client, true});
    }
    for (const UdpExchange& exchange : conversations_.udp) {
      if (own->tcp || actor.udp != nullptr || !is_next(exchange.server)) continue;
      actor.udp = &exchange;
      actor.arrival = arrival_of(exchange, actor.peer());
      played_.serving.accepted.push_back({name, exchange.client, false});
    }
    if (actor.tcp != nullptr || actor.udp != nullptr) return {};
    return finding(
        fmt::format("the capture has no further connection to port {}, for {}", own->port, name));
  }

  void play_one(const PlayedStep& played, std::size_t playing, const SheetActor& who) {
    const Step& step = *played.step;
    if (const auto* const note = std::get_if<StepNote>(&step.action)) {
      note_ = note->text;
      return;
    }
    const std::string& name = who.name;
    OfflineActor& actor = actors_[name];
    if (actor.ended) return;
    played_.variables["n"] = std::to_string(who.number);
    StepResult result;
    result.actor = name;
    result.text = render_step(step);
    result.line = scenario_.source.position(step.span.begin).line;
    actor.datagram = {};
    const bool is_first = actor.sent == 0 && actor.received == 0;
    const std::size_t received_before = actor.received;
    Finding failed;
    const StepTraits traits = step_traits(step.action);
    if (traits.from_another_port && traits.takes_reply) {
      failed = OfflineRecv{actor, scenario_.layouts, played_.variables}.follow_other_port();
    }
    if (traits.judged == Judged::live) {
      played_.skipped.push_back(result.text + ": only a live run can judge it");
    } else if (!failed) {
      failed = std::visit(OfflineStep{*this, name, actor}, step.action);
    }
    const bool reads = traits.judged == Judged::packets;
    if (reads && is_changed_by_path(actor, failed.has_value(), received_before)) {
      played_.skipped.push_back(result.text + ": " + std::string(kChangedByPath));
      failed.reset();
    }
    if (failed) {
      actor.ended = true;
      result.ok = false;
      result.outcome = failed->message;
      failed->span = step.span;
      const std::string unseen = actor.tcp == nullptr ? "" : why_unseen(actor, is_first);
      if (unseen.empty()) {
        FailedStep facts = facts_of(playing, name, actor);
        facts.diagnostic = *std::move(failed);
        if (!note_.empty())
          facts.diagnostic.notes.push_back({"note", fill_placeholders(note_, played_.variables)});
        played_.failures.push_back(std::move(facts));
      } else {
        played_.unseen = unseen;
      }
    }
    played_.steps.push_back(std::move(result));
  }

  // Whether what a step has read, or would have read, may not be what the capture has.
  static bool is_changed_by_path(const OfflineActor& actor, bool failed, std::size_t before) {
    const std::size_t known = actor.arrival.known;
    if (known == PathArrival::kAll) return false;
    if (actor.received > known) return true;
    if (!failed) return false;
    if (actor.uses_udp) return actor.received == before && before >= known;
    return !actor.wrong_at || *actor.wrong_at >= known;
  }

  // Why the capture of a connection cannot tell of a step that failed; empty: it can. `is_first`:
  // nothing of its streams was found in the session before, so where they begin nobody knows.
  static std::string why_unseen(const OfflineActor& actor, bool is_first) {
    if (actor.lacks_bytes && is_cut_off(*actor.tcp)) return render_cut_off(*actor.tcp);
    return is_first && begins_in_middle(*actor.tcp) ? render_begun_before(*actor.tcp) : "";
  }

  // See FailedStep.
  static bool is_certain(const OfflineActor& actor) {
    return actor.tcp != nullptr && actor.wrong_at &&
           *actor.wrong_at < captured_size(*actor.tcp, actor.peer());
  }

  Finding connect(const std::string& name, OfflineActor& actor) {
    actor = OfflineActor{};
    actor.uses_udp = uses_udp(transport_, name);
    if (actor.uses_udp) return {};  // connecting a UDP socket sends nothing
    actor.tcp = next_tcp();
    if (actor.tcp == nullptr) {
      return finding(
          fmt::format("the capture has no further connection to port {}, for {}", tcp_port_, name));
    }
    actor.arrival = arrival_of(*actor.tcp, actor.peer());
    played_.actors.push_back({name, actor.tcp->client, true});
    know_server(actor.tcp->server);
    return {};
  }

  // `{host}` and `{port}` are what they were where the capture was made.
  void know_server(const Endpoint& server) {
    played_.variables["host"] = render_ip_address(server.address);
    played_.variables["port"] = std::to_string(server.port);
  }

  // The next connection is taken for the program's; what nobody claims in the end is, too.
  void run_program(const std::string& name) {
    add_once(played_.programs, name);
    if (uses_udp(transport_, name)) {
      const UdpExchange* const exchange = next_udp();
      if (exchange != nullptr) played_.actors.push_back({name, exchange->client, false});
    } else if (const TcpConnection* const connection = next_tcp()) {
      played_.actors.push_back({name, connection->client, true});
    }
  }

  Finding send(const StepSend& send, const std::string& name, OfflineActor& actor) {
    if (actor.uses_udp && actor.udp == nullptr && (actor.udp = next_udp()) != nullptr) {
      actor.arrival = arrival_of(*actor.udp, actor.peer());
      actor.talks_to = actor.udp->server.port;
      played_.actors.push_back({name, actor.udp->client, false});
      know_server(actor.udp->server);
    }
    const auto encoded = encode_message(send.message, scenario_.layouts, played_.variables);
    if (!encoded) return finding(encoded.error());
    const Bytes& expected = encoded->bytes;
    ByteView captured;
    if (actor.uses_udp) {
      const Datagram* const datagram =
          actor.udp == nullptr ? nullptr : find_datagram(*actor.udp, actor.side, actor.sent);
      if (datagram == nullptr) {
        return finding("the capture has no such datagram of the " + side_words(actor.side));
      }
      captured = datagram->payload;
      ++actor.sent;
      if (actor.side == Side::client && datagram->server_port != actor.talks_to) {
        return finding(fmt::format("the client of the capture sent this to port {}, and not to {}",
                                   datagram->server_port, actor.talks_to));
      }
    } else {
      if (actor.tcp == nullptr) return finding("not connected");
      const ByteView rest = ByteView(actor.tcp->stream(actor.side)).subspan(actor.sent);
      captured = rest.first(std::min(rest.size(), expected.size()));
      actor.sent += captured.size();
    }
    // A reset throws away what had not left the client yet (RFC 9293 §3.10.5).
    const bool was_cut = actor.has_event(EventKind::rst, actor.side);
    const std::size_t size = was_cut ? captured.size() : expected.size();
    if (std::ranges::equal(captured, ByteView(expected).first(size))) return {};
    actor.lacks_bytes = std::ranges::equal(captured, ByteView(expected).first(captured.size()));
    Diagnostic diagnostic =
        finding(fmt::format("the {} of the capture sent something else", side_words(actor.side)));
    diagnostic.notes.push_back({"expected", render_quoted(expected)});
    diagnostic.notes.push_back({"captured", render_quoted(captured)});
    return diagnostic;
  }

  // What a client would have met there; when it would have given up a capture cannot tell.
  FailedStep facts_of(std::size_t playing, const std::string& name,
                      const OfflineActor& actor) const {
    FailedStep facts;
    facts.actor = name;
    facts.playing = playing;
    facts.variables = played_.variables;
    facts.received_before = actor.received;
    const ByteView unread = actor.uses_udp ? actor.datagram : actor.unread();
    facts.received.assign(unread.begin(), unread.end());
    facts.is_certain = is_certain(actor);
    if (facts.is_certain) {  // a gap's zeros did not come
      facts.received.resize(captured_size(*actor.tcp, actor.peer()) - actor.received);
    }
    if (!unread.empty()) {
      facts.end = StepEnd::bytes;
    } else if (actor.has_event(EventKind::rst, actor.peer())) {
      const bool opened = actor.has_event(EventKind::open, actor.peer());
      facts.end = opened ? StepEnd::reset : StepEnd::refused;
    } else if (actor.has_event(EventKind::fin, actor.peer())) {
      facts.end = StepEnd::end_of_stream;
    } else {
      facts.end = StepEnd::timed_out;
    }
    return facts;
  }

  const Scenario& scenario_;
  const Conversations& conversations_;
  std::uint16_t tcp_port_;  // the server's, 0: none
  Transport transport_;
  PlayedSession played_;
  std::map<std::string, OfflineActor> actors_;
  std::string note_;                               // the last that the sheet has said
  std::vector<const TcpConnection*> connections_;  // in the order in which actors get them
  std::size_t next_tcp_ = 0;                       // in connections_
  std::size_t next_udp_ = 0;
  std::map<std::string, std::size_t> accepted_;  // how many of each listening actor
};

// Where the capture has gaps and shows all the same that something is wrong, that alone is said.
void keep_certain(const Conversations& conversations, PlayedSession& played) {
  if (!std::ranges::any_of(played.failures, &FailedStep::is_certain)) return;
  Soundness gaps;
  add_stream_faults(conversations, gaps);
  if (gaps.faults.empty()) return;
  std::erase_if(played.failures, [](const FailedStep& failed) { return !failed.is_certain; });
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
  DecodedCapture capture = decode_capture(packets, served_ports(scenario, tcp_port, udp_port));
  evidence.played = OfflineSession(scenario, capture.conversations, tcp_port).play();
  evidence.fates_unknown =
      !std::ranges::all_of(capture.packets, [](const Packet& each) { return each.raw.has_fate; });
  keep_certain(capture.conversations, evidence.played);
  evidence.traffic = assign_traffic(std::move(capture), evidence.played, true);
  return evidence;
}

}  // namespace wireproof
