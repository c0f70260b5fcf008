#include "judge/program_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <map>
#include <span>

#include "base/text/bytes.h"
#include "base/text/last_words.h"
#include "base/text/words.h"
#include "expect/cause/call_facts.h"
#include "judge/causes/failure_evidence.h"
#include "judge/explain/session_walk.h"
#include "judge/program_messages.h"
#include "judge/traffic/table_rows.h"
#include "judge/traffic/traffic.h"
#include "packets/wire/packet.h"
#include "result/explanation.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

using enum ExplanationId;

bool addresses_somebody(const SocketCall& call) {
  constexpr std::uint16_t kNames = 53;  // a look-up of a name is no attempt
  return call.remote && call.remote->port != 0 && call.remote->port != kNames &&
         (opens_connection(call) || call.name.starts_with("send"));
}

// The last that somebody asked for on a port that is not the server's. Packets do not tell whose
// they are: in a private network nobody else is there.
std::optional<Endpoint> other_target_by_packets(const Traffic& traffic) {
  std::optional<Endpoint> found;
  for (const std::size_t index : traffic.conversations().others) {
    const Packet& packet = traffic.packets()[index];
    if (!packet.ip) continue;
    if (const TcpHeader* const tcp = packet.tcp()) {
      if (is_opening_syn(*tcp)) found = {packet.ip->destination, tcp->destination_port};
    } else if (const UdpHeader* const udp = packet.udp()) {
      found = {packet.ip->destination, udp->destination_port};
    }
  }
  return found;
}

std::optional<Seen> find_elsewhere(const Program& program) {
  const Evidence& evidence = program.evidence;
  if (program.reached_server() || evidence.offline) return std::nullopt;
  const std::uint16_t port = evidence.tcp_port != 0 ? evidence.tcp_port : evidence.udp_port;
  auto found = find_other_target(evidence.played.calls, program.actor, port);
  if (!found && evidence.traffic) found = other_target_by_packets(*evidence.traffic);
  if (!found) return std::nullopt;
  Seen seen;
  seen.message = fmt::format("{} connected to {}, where nothing listens",
                             party_words(program.actor), render_endpoint(*found));
  seen.explanation = {client_elsewhere,
                      fmt::format("the server listens on port {}: it was never asked", port)};
  if (found->port != port) {
    seen.help = fmt::format("`--port {}` lets the server listen there", found->port);
  }
  return seen;
}

// Rows say what it must ask, and it asks nobody.
std::optional<Seen> find_silent(const Program& program) {
  const Evidence& evidence = program.evidence;
  if (program.reached_server() || evidence.offline || !evidence.traffic) return std::nullopt;
  const auto must_say = [&](const PacketTable& table) {
    return std::ranges::any_of(table.rows, [&](const PlacedRow& placed) {
      return placed.row.client == program.actor && placed.row.kind != RowKind::anything;
    });
  };
  if (std::ranges::none_of(program.scenario.packet_tables, must_say)) return std::nullopt;
  return Seen{fmt::format("{} never asked the server", party_words(program.actor)),
              {client_silent, "no packet of it came to anybody"}};
}

std::optional<Seen> find_reconnects(const Program& program) {
  if (!program.reached_server()) return std::nullopt;
  const std::size_t count = program.conversations->tcp.size();
  for (const PacketTable& table : program.scenario.packet_tables) {
    for (const ActorRows& rows : rows_by_actor(table, program.scenario)) {
      const auto& written = rows.rows.rows;
      if (rows.actor != program.actor || written.back().kind == RowKind::anything) continue;
      const std::size_t wanted = split_connections(rows.rows, count).size();
      if (count < 2 || count <= wanted) continue;
      return Seen{fmt::format("{} opened {} where {} is enough", party_words(program.actor),
                              counted(count, "connection"), wanted),
                  {client_reconnects, "the server keeps a connection until the client closes it"}};
    }
  }
  return std::nullopt;
}

// The segments of the server's last answer, in the order of its bytes.
std::vector<ByteView> last_answer(const TcpConnection& connection) {
  std::vector<ByteView> answer;
  for (const Event& event : connection.events) {
    if (event.kind != EventKind::bytes) continue;
    if (event.from == Side::client) answer.clear();
    if (event.from == Side::server) answer.push_back(connection.segments[event.segment].payload);
  }
  return answer;
}

// Whether the text is there but for the line ends in it.
bool prints_in_lines(std::string_view output, std::string_view whole) {
  std::string joined;
  for (const char c : output) {
    if (c != '\n' && c != '\r') joined += c;
  }
  return joined.find(whole) != std::string::npos;
}

// The client ended what it sends although there was more to ask: of what was typed later nothing is
// on the wire.
std::optional<Seen> find_early_end(const Program& program) {
  const TcpConnection& connection = *program.conversations->tcp.back();
  const Segment* fin = nullptr;
  bool has_answered = false;
  for (const Event& event : connection.events) {
    const bool is_later = program.failed->gave_up &&
                          connection.segments[event.segment].time > *program.failed->gave_up;
    if (is_later) break;
    if (event.from == Side::client && event.kind == EventKind::fin)
      fin = &connection.segments[event.segment];
    if (event.from == Side::server && event.kind == EventKind::bytes && fin != nullptr)
      has_answered = true;
  }
  if (fin == nullptr || !asks_more(program)) return std::nullopt;
  return Seen{fmt::format("{} sent its FIN before all was asked (packet {})",
                          party_words(program.actor), fin->packet + 1),
              {client_half_message,
               fmt::format("behind it nothing more can be sent: what was typed later never reached "
                           "the server{}",
                           has_answered ? ", which answered what came before" : "")}};
}

// Bytes of its last connection that its calls took; none: they are not known.
std::optional<std::size_t> count_taken(const Program& program) {
  const Endpoint& end = program.conversations->tcp.back()->client;
  std::optional<std::size_t> taken;
  for (const SocketCall& call : program.evidence.played.calls) {
    if (!program.owns(call) || !is_traced(call) || call.local != end) continue;
    taken = taken.value_or(0);
    const bool takes = call_family(call.name) == CallFamily::recv && !peeks(call);
    if (takes && call.result > 0) *taken += static_cast<std::size_t>(call.result);
  }
  return taken;
}

// Whether the one that serves it had failed before the program's own step did.
bool is_deserted(const Program& program) {
  const std::span<const FailedStep> met = program.evidence.played.failures;
  const auto own = std::ranges::find_if(
      met, [&](const FailedStep& failed) { return &failed == program.failed; });
  return are_deserted(met.first(static_cast<std::size_t>(own - met.begin())),
                      *program.scenario.session);
}

// As many bytes of the answer as it has characters, of which some have several bytes.
std::string tell_cut(const std::string& output, const std::string& whole) {
  const std::size_t characters = count_characters(as_bytes(whole));
  const std::string_view cut = std::string_view(whole).substr(0, characters);
  const bool is_cut = characters < whole.size() && output.find(cut) != output.npos &&
                      output.find(whole.substr(0, characters + 1)) == output.npos;
  if (!is_cut) return "";
  return fmt::format(", {} of {} bytes: as many as the answer has characters, where bytes count",
                     characters, whole.size());
}

// The answer has come, and the program printed the first of its segments alone, or nothing of it.
std::optional<Seen> find_not_printed(const Program& program) {
  if (program.goal != StepGoal::program_output || !program.reached_server()) return std::nullopt;
  if (program.conversations->tcp.empty() || is_deserted(program)) return std::nullopt;
  const std::vector<ByteView> answer = last_answer(*program.conversations->tcp.back());
  if (answer.empty()) return std::nullopt;
  std::string whole;
  for (const ByteView part : answer) whole += as_text(part);
  const std::string& output = program.failed->output;
  const std::string first(as_text(answer.front()));
  if (output.find(whole) != std::string::npos) return std::nullopt;
  const std::string who = party_words(program.actor);
  if (auto found = find_early_end(program)) return found;
  if (answer.size() > 1 && prints_in_lines(output, whole)) {
    return Seen{fmt::format("{} did not print the answer {} in one", who, shown(as_bytes(whole))),
                {client_one_recv,
                 fmt::format("the answer came in {}, and a line end stands behind each: what one "
                             "recv() gives is printed as a whole answer",
                             counted(answer.size(), "piece"))}};
  }
  if (answer.size() > 1 && output.find(first) != std::string::npos) {
    return Seen{fmt::format("{} printed {} of the answer {}", who, shown(as_bytes(first)),
                            shown(as_bytes(whole))),
                {client_one_recv,
                 fmt::format("the answer came in {} and it took what the first recv() gave for the "
                             "whole of it",
                             counted(answer.size(), "piece"))}};
  }
  const std::string printed =
      output.empty() ? "it printed nothing"
                     : "it printed " + shown(as_bytes(output)) + tell_cut(output, whole);
  const std::size_t came = program.conversations->tcp.back()->server_stream.size();
  const std::optional<std::size_t> taken = count_taken(program);
  const std::string message =
      fmt::format("{} did not print the answer {}", who, shown(as_bytes(whole)));
  if (taken && *taken < came && answer.size() > 1) {
    return Seen{message,
                {client_one_recv,
                 fmt::format("it has read {} of the {} bytes that came, in {}: one recv() need not "
                             "give a whole message; {}",
                             *taken, came, counted(answer.size(), "piece"), printed)}};
  }
  return Seen{message,
              {client_not_printed, printed + (taken == came ? ", and had read all of it" : "")}};
}

bool has_failed_program(const Program& program) {
  return program.goal == StepGoal::program_output || program.goal == StepGoal::program_end ||
         program.goal == StepGoal::other;
}

// It has ended by itself, and its last words read like an error.
std::optional<Seen> find_died(const Program& program) {
  if (program.failed == nullptr || program.failed->end != StepEnd::end_of_stream) {
    return std::nullopt;
  }
  const std::string words = find_last_words(program.failed->output);
  if (words.empty() || !has_failed_program(program)) return std::nullopt;
  return Seen{program.failed->diagnostic.message,
              {client_died, fmt::format("an error that it does not handle ended it: {}", words)}};
}

// The server's FIN, where it came before the step failed and the client has not answered it.
const Segment* unanswered_fin(const Program& program) {
  if (!program.reached_server() || program.conversations->tcp.empty()) return nullptr;
  const TcpConnection& connection = *program.conversations->tcp.back();
  const auto is_before = [&](const Event& event) {
    const auto& gave_up = program.failed->gave_up;
    return !gave_up || connection.segments[event.segment].time <= *gave_up;
  };
  const Segment* found = nullptr;
  for (const Event& event : connection.events) {
    if (event.kind != EventKind::fin || !is_before(event)) continue;
    if (event.from == Side::client) return nullptr;
    found = &connection.segments[event.segment];
  }
  return found;
}

// An answer that came to another socket of the program than the one that it waits on; null: none.
const Datagram* answer_elsewhere(const Program& program, const SocketCall& open) {
  if (!open.udp || !program.reached_server() || program.conversations->udp.empty()) return nullptr;
  const UdpExchange& exchange = *program.conversations->udp.back();
  const bool is_same = open.local && open.local->port == exchange.client.port;
  const auto& datagrams = exchange.datagrams;
  if (is_same || datagrams.empty()) return nullptr;
  const Datagram& last = datagrams.back();
  return last.from == Side::server && !last.port_unreachable ? &last : nullptr;
}

// It still runs: why it does not end.
std::optional<Seen> find_waiting(const Program& program) {
  const bool is_late = program.failed != nullptr && program.failed->end == StepEnd::timed_out;
  if (!is_late || is_deserted(program)) return std::nullopt;
  const SocketCall* open = nullptr;
  for (const SocketCall& call : program.evidence.played.calls) {
    const bool waits =
        call.name.starts_with("recv") || call.name == "read" || call.name == "connect";
    if (program.owns(call) && !call.returned && waits) open = &call;
  }
  Seen seen{program.failed->diagnostic.message, {client_waits, ""}};
  if (const Segment* const fin = unanswered_fin(program)) {
    seen.explanation.text = fmt::format(
        "the server has closed the connection (packet {}), recv() gives 0 from then "
        "on, and it goes on",
        fin->packet + 1);
  } else if (open != nullptr) {
    seen.explanation.text = fmt::format("it waits in {}(), and nothing more comes", open->name);
    if (const Datagram* const answer = answer_elsewhere(program, *open)) {
      seen.explanation.text = fmt::format(
          "it waits in {}() on a socket with {}, and the answer came to port {}, from which it had "
          "asked (packet {})",
          open->name,
          open->local && open->local->port != 0 ? fmt::format("port {}", open->local->port)
                                                : "no port yet",
          program.conversations->udp.back()->client.port, answer->packet + 1);
    }
  } else if (program.goal == StepGoal::program_end) {
    seen.explanation.text = "it is in no call of a socket: it waits for its terminal, or computes";
  } else {
    return std::nullopt;
  }
  return seen;
}

// By what its close() found, where its calls are known.
std::string why_reset(const Program& program, const TcpConnection& connection) {
  for (const SocketCall& call : program.evidence.played.calls) {
    const bool is_its_end = program.owns(call) && call.releases && call.local == connection.client;
    if (!is_its_end || call.linger_seconds != 0 || call.unread_bytes.value_or(0) > 0) continue;
    return fmt::format(
        "{}() found SO_LINGER switched on with 0 seconds: the kernel then sends RST "
        "instead of FIN",
        call.name);
  }
  return "it ended with bytes of the server unread: the kernel then sends RST instead of FIN (RFC "
         "1122 §4.2.2.13)";
}

std::optional<Seen> find_reset(const Program& program) {
  if (!program.reached_server() || is_deserted(program)) return std::nullopt;
  for (const TcpConnection* const connection : program.conversations->tcp) {
    for (const Event& event : connection->events) {
      if (event.kind != EventKind::rst || event.from != Side::client) continue;
      // Before, it is the kernel that answers for a connect() that is over.
      if (!was_established(*connection, connection->segments[event.segment])) continue;
      return Seen{fmt::format("{} reset the connection (packet {})", party_words(program.actor),
                              connection->segments[event.segment].packet + 1),
                  {client_reset, why_reset(program, *connection)}};
    }
  }
  return std::nullopt;
}

// How many connections of the program the rows tell of, by their SYNs.
std::size_t count_wanted(const Program& program) {
  std::size_t wanted = 0;
  for (const PacketTable& table : program.scenario.packet_tables) {
    for (const ActorRows& rows : rows_by_actor(table, program.scenario)) {
      if (rows.actor != program.actor) continue;
      const std::size_t several = std::max<std::size_t>(program.conversations->tcp.size(), 2);
      wanted = std::max(wanted, split_connections(rows.rows, several).size());
    }
  }
  return wanted;
}

// The server had ended a connection, and it asked there once more where the rows have another one.
std::optional<Seen> find_asks_behind_end(const Program& program) {
  if (program.goal != StepGoal::program_output || !program.reached_server()) return std::nullopt;
  const std::vector<const TcpConnection*>& tcp = program.conversations->tcp;
  if (tcp.empty() || is_deserted(program) || count_wanted(program) <= tcp.size()) {
    return std::nullopt;
  }
  const TcpConnection& connection = *tcp.back();
  const Event* fin = nullptr;
  for (const Event& event : connection.events) {
    if (event.from == Side::server && event.kind == EventKind::fin) fin = &event;
    const bool asks = event.from == Side::client && event.kind == EventKind::bytes;
    // An acknowledgement of the FIN shows that it had come (RFC 9293 §3.6).
    if (fin == nullptr || !asks || event.ack < fin->end) continue;
    return Seen{fmt::format("{} asked again on a connection that the server had closed",
                            party_words(program.actor)),
                {none, fmt::format("the server closes the connection behind its answer ({}), and "
                                   "what was sent later ({}) gets none: {}, each for its own "
                                   "question, are expected, and {} opened",
                                   packet_words(connection.segments[fin->segment].packet),
                                   packet_words(connection.segments[event.segment].packet),
                                   counted(count_wanted(program), "connection"),
                                   tcp.size() == 1 ? "1 was" : fmt::format("{} were", tcp.size()))},
                "",
                true};
  }
  return std::nullopt;
}

// It has connected, and there the rows let it say something.
std::optional<Seen> find_mute(const Program& program) {
  if (!program.reached_server() || program.conversations->tcp.empty()) return std::nullopt;
  const auto& tcp = program.conversations->tcp;
  const bool has_said = std::ranges::any_of(
      tcp, [](const TcpConnection* each) { return !each->client_stream.empty(); });
  const auto lets_say = [&](const PacketTable& table) {
    return std::ranges::any_of(table.rows, [&](const PlacedRow& placed) {
      const Row& row = placed.row;
      return row.client == program.actor && row.from == Side::client &&
             (row.flags & tcp_flag::kPsh) != 0;
    });
  };
  if (has_said || std::ranges::none_of(program.scenario.packet_tables, lets_say)) {
    return std::nullopt;
  }
  return Seen{fmt::format("{} connected and sent nothing", party_words(program.actor)),
              {client_silent, "no byte of it came to the server"}};
}

// It has ended, and only the end of what it had started ended its connection.
std::optional<Seen> find_held(const Program& program) {
  const auto holder = find_client_holder(program.evidence, program.actor);
  if (!holder) return std::nullopt;
  return Seen{
      held_message(program.actor),
      {client_fin_held,
       fmt::format("process {}, which it started, still has the socket: FIN is sent when the "
                   "last descriptor of a socket is closed",
                   *holder)}};
}

using Find = std::optional<Seen> (*)(const Program&);
constexpr Find kFinds[] = {find_held,        find_elsewhere,   find_silent, find_asks_behind_end,
                           find_wrong_bytes, find_reconnects,  find_died,   find_waiting,
                           find_mute,        find_not_printed, find_reset};

void show_output(const Program& program, Diagnostic& diagnostic) {
  for (const Note& note : program.failed->diagnostic.notes) {
    if (note.label == "output") diagnostic.notes.push_back(note);
  }
}

Program gather(const Scenario& scenario, const Evidence& evidence, const SessionPlan& plan,
               const std::string& actor) {
  Program program{scenario, evidence, actor};
  if (evidence.traffic) program.conversations = evidence.traffic->find(actor);
  const auto& failures = evidence.played.failures;
  const auto failed = std::ranges::find(failures, actor, &FailedStep::actor);
  if (failed == failures.end()) return program;
  program.failed = &*failed;
  const SessionWalk walk = walk_session(scenario, plan, *failed);
  if (walk.failed != nullptr) program.goal = step_traits(walk.failed->action).goal;
  return program;
}

}  // namespace

Diagnostics judge_programs(const Scenario& scenario, const Evidence& evidence) {
  Diagnostics found;
  if (!scenario.session) return found;
  const SessionPlan plan = plan_session(*scenario.session);
  for (const std::string& actor : evidence.played.programs) {
    const Program program = gather(scenario, evidence, plan, actor);
    for (const Find find : kFinds) {
      const auto seen = find(program);
      if (!seen) continue;
      Diagnostic& diagnostic = found.emplace_back();
      diagnostic.message = seen->message;
      diagnostic.explanation = seen->explanation.id;
      diagnostic.span = program.failed != nullptr ? program.failed->diagnostic.span
                                                  : scenario.session->steps.front().span;
      diagnostic.notes.push_back({"why", seen->explanation.text});
      if (!seen->help.empty()) diagnostic.notes.push_back({"help", seen->help});
      if (seen->shows_output) show_output(program, diagnostic);
      break;
    }
  }
  return found;
}

std::optional<std::int64_t> find_client_holder(const Evidence& evidence, const std::string& actor) {
  const auto& left = evidence.played.left_behind;
  if (std::ranges::find(left, actor) == left.end() || !evidence.traffic) return std::nullopt;
  std::map<std::uint64_t, const SocketCall*> ends;
  for (const SocketCall& call : evidence.played.calls) {
    const bool is_own = call.side == Side::client && call.actor == actor && is_traced(call);
    if (is_own && call.releases && !call.udp && call.local) ends[call.socket] = &call;
  }
  for (const auto& each : ends) {
    const SocketCall& last = *each.second;
    if (last.ended_by_signal != SIGKILL) continue;
    for (const TcpConnection& connection : evidence.traffic->conversations().tcp) {
      const bool has_said_end = std::ranges::any_of(connection.events, [&](const Event& event) {
        return event.from == Side::client &&
               (event.kind == EventKind::fin || event.kind == EventKind::rst) &&
               connection.segments[event.segment].time < last.entered;
      });
      if (connection.client == *last.local && !has_said_end) return last.process;
    }
  }
  return std::nullopt;
}

std::string held_message(const std::string& actor) {
  return party_words(actor) + " has ended, and its connection is still open";
}

std::optional<Endpoint> find_other_target(std::span<const SocketCall> calls,
                                          const std::string& actor, std::uint16_t port) {
  std::optional<Endpoint> found;
  for (const SocketCall& call : calls) {
    if (call.side != Side::client || call.actor != actor || !addresses_somebody(call)) continue;
    const bool was_taken = call.result >= 0 || call.error_number == EINPROGRESS;
    if (call.remote->port == port && was_taken) return std::nullopt;
    found = call.remote;
  }
  return found;
}

std::string party_words(const std::string& actor) {
  return actor == "client" || actor == "server" ? "the " + actor : actor;
}

}  // namespace wireproof
