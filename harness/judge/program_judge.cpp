#include "judge/program_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <span>

#include "base/text/bytes.h"
#include "base/text/last_words.h"
#include "base/text/words.h"
#include "judge/explain/session_walk.h"
#include "judge/table_rows.h"
#include "judge/traffic/traffic.h"
#include "packets/wire/packet.h"
#include "result/explanation.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

using enum ExplanationId;

constexpr std::size_t kShownBytes = 40;

// One program of a session and all that is known of it. Nothing is owned.
struct Program {
  const Scenario& scenario;
  const Evidence& evidence;
  const std::string& actor;
  const ActorConversations* conversations = nullptr;
  const FailedStep* failed = nullptr;
  StepGoal goal = StepGoal::other;  // of the failed step

  bool reached_server() const {
    return conversations != nullptr && (!conversations->tcp.empty() || !conversations->udp.empty());
  }
  bool owns(const SocketCall& call) const {
    return call.side == Side::client && call.actor == actor;
  }
};

// What was seen, with its cause.
struct Seen {
  std::string message;
  Explanation explanation;
  std::string help{};
};

std::string shown(ByteView bytes) {
  return render_quoted(bytes, kShownBytes);
}

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

// The messages that the rows of one connection let the client send, as far as they tell the bytes.
std::vector<EncodedMessage> messages_of(const RowGroup& group, const Program& program) {
  std::vector<EncodedMessage> messages;
  for (const Row& row : group.rows) {
    const bool says_nothing = row.kind == RowKind::anything;
    const bool has_bytes = row.payload || (row.length && row.length->most > 0);
    if (!says_nothing && (row.from != Side::client || !has_bytes)) continue;
    if (says_nothing || !row.payload) break;
    auto message =
        encode_message(*row.payload, program.scenario.layouts, program.evidence.played.variables);
    if (!message) break;
    messages.push_back(*std::move(message));
  }
  return messages;
}

bool begins_with(ByteView bytes, ByteView beginning) {
  return bytes.size() >= beginning.size() &&
         std::ranges::equal(bytes.first(beginning.size()), beginning);
}

// Whether the bytes are the message, but for numbers of it whose bytes stand the other way round.
bool has_swapped_numbers(const EncodedMessage& message, ByteView bytes) {
  if (bytes.size() < message.bytes.size()) return false;
  bool any = false;
  for (const FieldPlace& field : message.fields) {
    const ByteView wanted = ByteView(message.bytes).subspan(field.begin, field.end - field.begin);
    const ByteView came = bytes.subspan(field.begin, wanted.size());
    if (std::ranges::equal(wanted, came)) continue;
    const bool is_number = wanted.size() == 2 || wanted.size() == 4 || wanted.size() == 8;
    if (!is_number || !std::equal(wanted.begin(), wanted.end(), came.rbegin())) return false;
    any = true;
  }
  return any;
}

// What stands at the place of a message that is not it.
Seen describe_wrong(const Program& program, const EncodedMessage& message, ByteView came) {
  const std::string who = party_words(program.actor);
  Seen seen;
  seen.message = fmt::format("{} sent {} instead of {}", who, shown(came), shown(message.bytes));
  if (has_swapped_numbers(message, came)) {
    seen.explanation = {client_byte_order,
                        "the bytes of its numbers stand the other way round: most significant "
                        "first is the order of the network"};
  } else if (begins_with(message.bytes, came)) {
    seen.message = fmt::format("{} sent only {} of {}: {}", who, came.size(),
                               counted(message.bytes.size(), "byte"), shown(came));
    seen.explanation = {client_half_message, "the rest of the message was never sent"};
  } else {
    seen.explanation = {client_other_bytes,
                        fmt::format("{} were expected there", shown(message.bytes))};
  }
  return seen;
}

// What stands behind a message and belongs to none; nothing where that is the next one.
std::optional<Seen> find_behind(const Program& program, ByteView message, ByteView behind) {
  if (behind.empty()) return std::nullopt;
  const std::string who = party_words(program.actor);
  const auto end = std::ranges::find_if(behind, [](std::uint8_t byte) { return byte != 0; });
  const auto zeros = static_cast<std::size_t>(end - behind.begin());
  if (zeros > 0) {
    return Seen{
        fmt::format("{} sent {} behind {}", who, counted(zeros, "zero byte"), shown(message)),
        {client_zeros,
         "more than the text was sent: its terminating zero, or the whole "
         "buffer"}};
  }
  const bool is_line = behind.front() == '\n' || begins_with(behind, as_bytes("\r\n"));
  if (!is_line) return std::nullopt;
  return Seen{fmt::format("{} sent a line end behind {}", who, shown(message)),
              {client_line_end, "what was typed was sent with the line end that ended it"}};
}

std::optional<Seen> compare_stream(const Program& program, std::span<const EncodedMessage> messages,
                                   ByteView stream) {
  for (const EncodedMessage& message : messages) {
    if (stream.empty()) return std::nullopt;
    if (!begins_with(stream, message.bytes)) return describe_wrong(program, message, stream);
    stream = stream.subspan(message.bytes.size());
    const bool may_follow =
        &message != &messages.back() && begins_with(stream, (&message)[1].bytes);
    if (may_follow) continue;
    if (auto behind = find_behind(program, message.bytes, stream)) return behind;
  }
  return std::nullopt;
}

std::optional<Seen> compare_datagrams(const Program& program,
                                      std::span<const EncodedMessage> messages) {
  std::size_t next = 0;
  for (const UdpExchange* const exchange : program.conversations->udp) {
    for (const Datagram& datagram : exchange->datagrams) {
      if (datagram.from != Side::client || datagram.port_unreachable) continue;
      if (next == messages.size()) return std::nullopt;
      const std::span<const EncodedMessage> one = messages.subspan(next++, 1);
      if (auto wrong = compare_stream(program, one, datagram.payload)) return wrong;
    }
  }
  return std::nullopt;
}

std::optional<Seen> find_wrong_bytes(const Program& program) {
  if (!program.reached_server()) return std::nullopt;
  for (const PacketTable& table : program.scenario.packet_tables) {
    for (const ActorRows& rows : rows_by_actor(table, program.scenario)) {
      if (rows.actor != program.actor) continue;
      const auto& tcp = program.conversations->tcp;
      if (tcp.empty()) return compare_datagrams(program, messages_of(rows.rows, program));
      const std::vector<RowGroup> groups = split_connections(rows.rows, tcp.size());
      for (std::size_t i = 0; i < std::min(groups.size(), tcp.size()); ++i) {
        const std::vector<EncodedMessage> messages = messages_of(groups[i], program);
        if (auto wrong = compare_stream(program, messages, tcp[i]->client_stream)) return wrong;
      }
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

// An answer that came in several segments, of which the program printed the first alone.
std::optional<Seen> find_part_read(const Program& program) {
  if (program.goal != StepGoal::program_output || !program.reached_server()) return std::nullopt;
  if (program.conversations->tcp.empty()) return std::nullopt;
  const std::vector<ByteView> answer = last_answer(*program.conversations->tcp.back());
  if (answer.size() < 2) return std::nullopt;
  std::string whole;
  for (const ByteView part : answer) whole += as_text(part);
  const std::string output = program.failed->output;
  const std::string first(as_text(answer.front()));
  const bool printed_first = output.find(first) != std::string::npos;
  if (!printed_first || output.find(whole) != std::string::npos) return std::nullopt;
  return Seen{fmt::format("{} printed {} of the answer {}", party_words(program.actor),
                          shown(as_bytes(first)), shown(as_bytes(whole))),
              {client_one_recv,
               fmt::format("the answer came in {} and it took what the first recv() gave for the "
                           "whole of it",
                           counted(answer.size(), "piece"))}};
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

// It still runs and is in a call.
std::optional<Seen> find_waiting(const Program& program) {
  if (program.failed == nullptr || program.failed->end != StepEnd::timed_out) return std::nullopt;
  const SocketCall* open = nullptr;
  for (const SocketCall& call : program.evidence.played.calls) {
    if (program.owns(call) && !call.returned) open = &call;
  }
  if (open == nullptr) return std::nullopt;
  return Seen{program.failed->diagnostic.message,
              {client_waits, fmt::format("it waits in {}(), and nothing more comes", open->name)}};
}

std::optional<Seen> find_reset(const Program& program) {
  if (!program.reached_server()) return std::nullopt;
  for (const TcpConnection* const connection : program.conversations->tcp) {
    for (const Event& event : connection->events) {
      if (event.kind != EventKind::rst || event.from != Side::client) continue;
      return Seen{fmt::format("{} reset the connection (packet {})", party_words(program.actor),
                              connection->segments[event.segment].packet + 1),
                  {client_reset,
                   "it ended with bytes of the server unread: the kernel then sends "
                   "RST instead of FIN (RFC 1122 §4.2.2.13)"}};
    }
  }
  return std::nullopt;
}

using Find = std::optional<Seen> (*)(const Program&);
constexpr Find kFinds[] = {find_elsewhere, find_wrong_bytes, find_part_read,
                           find_died,      find_waiting,     find_reset};

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
      break;
    }
  }
  return found;
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
