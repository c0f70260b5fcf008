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

// A message that a row lets the client send. Of a layout whose fields the row leaves open,
// `encoded` has the sizes and the places alone.
struct WantedMessage {
  const Message* written = nullptr;
  EncodedMessage encoded;

  std::size_t size() const { return encoded.bytes.size(); }
};

struct WantedMessages {
  std::vector<WantedMessage> all;
  bool is_complete = false;  // nothing else may be sent
};

// Of the rows of one connection, as far as they tell what is sent.
WantedMessages messages_of(const RowGroup& group, const Program& program) {
  WantedMessages messages;
  for (const Row& row : group.rows) {
    const bool says_nothing = row.kind == RowKind::anything;
    const bool has_bytes = row.payload || (row.length && row.length->most > 0);
    if (!says_nothing && (row.from != Side::client || !has_bytes)) continue;
    if (says_nothing || !row.payload) return messages;
    auto encoded =
        encode_message(*row.payload, program.scenario.layouts, program.evidence.played.variables);
    if (!encoded) return messages;
    messages.all.push_back({&*row.payload, *std::move(encoded)});
  }
  messages.is_complete = !messages.all.empty();
  return messages;
}

bool begins_with(ByteView bytes, ByteView beginning) {
  return bytes.size() >= beginning.size() &&
         std::ranges::equal(bytes.first(beginning.size()), beginning);
}

// Whether the bytes of a number stand the other way round.
bool is_swapped(const WantedMessage& message, const std::string& field, ByteView came) {
  const auto place = std::ranges::find(message.encoded.fields, field, &FieldPlace::field);
  if (field.empty() || place == message.encoded.fields.end()) return false;
  const ByteView wanted =
      ByteView(message.encoded.bytes).subspan(place->begin, place->end - place->begin);
  const ByteView there = came.subspan(place->begin, wanted.size());
  return wanted.size() > 1 && std::equal(wanted.begin(), wanted.end(), there.rbegin());
}

// What the client sent from that offset of its stream on, before the server answered.
ByteView said_at_once(const TcpConnection& connection, std::size_t begin) {
  std::size_t end = 0;
  for (const Event& event : connection.events) {
    if (event.kind != EventKind::bytes) continue;
    if (event.from == Side::server && end > begin) break;
    if (event.from == Side::client) end += event.end - event.begin;
  }
  const ByteView stream(connection.client_stream);
  return stream.subspan(begin, std::min(end, stream.size()) - begin);
}

std::size_t first_difference(ByteView one, ByteView other) {
  const auto found = std::ranges::mismatch(one, other);
  return static_cast<std::size_t>(found.in1 - one.begin());
}

std::optional<MessageMismatch> compare(const Program& program, const WantedMessage& message,
                                       ByteView came) {
  Variables variables = program.evidence.played.variables;
  return compare_message(*message.written, program.scenario.layouts, variables,
                         came.first(message.size()));
}

// Fewer bytes than the message has.
Seen describe_short(const Program& program, const WantedMessage& message, ByteView came) {
  const std::string who = party_words(program.actor);
  const bool is_beginning =
      !message.encoded.fields.empty() || begins_with(message.encoded.bytes, came);
  if (is_beginning) {
    return {fmt::format("{} sent only {} of {}: {}", who, came.size(),
                        counted(message.size(), "byte"), shown(came)),
            {client_half_message, "the rest of the message was never sent"}};
  }
  return {fmt::format("{} sent {} instead of {}", who, shown(came), shown(message.encoded.bytes)),
          {client_other_bytes, fmt::format("the two differ from offset {} on",
                                           first_difference(message.encoded.bytes, came))}};
}

// What stands at the place of a message that is not it.
Seen describe_wrong(const Program& program, const WantedMessage& message,
                    const MessageMismatch& mismatch, ByteView came) {
  const std::string who = party_words(program.actor);
  if (mismatch.field.empty()) {
    return {fmt::format("{} sent {} instead of {}", who, shown(came), shown(message.encoded.bytes)),
            {client_other_bytes, fmt::format("the two differ from offset {} on", mismatch.offset)}};
  }
  Seen seen{fmt::format("{} sent {} as `{}` instead of {}", who, mismatch.captured, mismatch.field,
                        mismatch.expected),
            {client_other_bytes, fmt::format("all of it is {}", shown(came))}};
  if (is_swapped(message, mismatch.field, came)) {
    seen.explanation = {client_byte_order,
                        "the bytes of its numbers stand the other way round: in the order of the "
                        "network the most significant comes first"};
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

// `stream` is all of one connection, or a datagram: then there is none.
std::optional<Seen> compare_stream(const Program& program, const WantedMessages& wanted,
                                   ByteView stream, const TcpConnection* connection) {
  const std::vector<WantedMessage>& messages = wanted.all;
  std::size_t offset = 0;
  for (std::size_t i = 0; i < messages.size() && offset < stream.size(); ++i) {
    const WantedMessage& message = messages[i];
    const ByteView at_once = connection == nullptr ? stream : said_at_once(*connection, offset);
    if (at_once.size() < message.size()) return describe_short(program, message, at_once);
    if (const auto mismatch = compare(program, message, stream.subspan(offset))) {
      return describe_wrong(program, message, *mismatch, at_once);
    }
    const ByteView sent = stream.subspan(offset, message.size());
    offset += message.size();
    const ByteView behind = stream.subspan(offset);
    const bool follows = i + 1 < messages.size() && behind.size() >= messages[i + 1].size() &&
                         !compare(program, messages[i + 1], behind);
    if (follows) continue;
    if (auto found = find_behind(program, sent, behind)) return found;
  }
  if (!wanted.is_complete || offset >= stream.size()) return std::nullopt;
  return Seen{fmt::format("{} sent {} behind its last message", party_words(program.actor),
                          shown(stream.subspan(offset))),
              {client_other_bytes, "nothing more is to be sent there"}};
}

std::optional<Seen> compare_datagrams(const Program& program, const WantedMessages& wanted) {
  std::size_t next = 0;
  for (const UdpExchange* const exchange : program.conversations->udp) {
    for (const Datagram& datagram : exchange->datagrams) {
      if (datagram.from != Side::client || datagram.port_unreachable) continue;
      if (next == wanted.all.size()) return std::nullopt;
      const WantedMessages one{{wanted.all[next++]}, true};
      if (auto wrong = compare_stream(program, one, datagram.payload, nullptr)) return wrong;
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
        const WantedMessages messages = messages_of(groups[i], program);
        if (auto wrong = compare_stream(program, messages, tcp[i]->client_stream, tcp[i]))
          return wrong;
      }
    }
  }
  return std::nullopt;
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

// The answer has come, and the program printed the first of its segments alone, or nothing of it.
std::optional<Seen> find_not_printed(const Program& program) {
  if (program.goal != StepGoal::program_output || !program.reached_server()) return std::nullopt;
  if (program.conversations->tcp.empty()) return std::nullopt;
  const std::vector<ByteView> answer = last_answer(*program.conversations->tcp.back());
  if (answer.empty()) return std::nullopt;
  std::string whole;
  for (const ByteView part : answer) whole += as_text(part);
  const std::string& output = program.failed->output;
  const std::string first(as_text(answer.front()));
  if (output.find(whole) != std::string::npos) return std::nullopt;
  const std::string who = party_words(program.actor);
  if (answer.size() > 1 && output.find(first) != std::string::npos) {
    return Seen{fmt::format("{} printed {} of the answer {}", who, shown(as_bytes(first)),
                            shown(as_bytes(whole))),
                {client_one_recv,
                 fmt::format("the answer came in {} and it took what the first recv() gave for the "
                             "whole of it",
                             counted(answer.size(), "piece"))}};
  }
  return Seen{fmt::format("{} did not print the answer {}", who, shown(as_bytes(whole))),
              {client_not_printed, output.empty() ? std::string("it printed nothing")
                                                  : "it printed " + shown(as_bytes(output))}};
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

// It still runs: why it does not end.
std::optional<Seen> find_waiting(const Program& program) {
  if (program.failed == nullptr || program.failed->end != StepEnd::timed_out) return std::nullopt;
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
  } else if (program.goal == StepGoal::program_end) {
    seen.explanation.text = "it is in no call of a socket: it waits for its terminal, or computes";
  } else {
    return std::nullopt;
  }
  return seen;
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

using Find = std::optional<Seen> (*)(const Program&);
constexpr Find kFinds[] = {find_elsewhere,  find_silent,      find_wrong_bytes,
                           find_reconnects, find_died,        find_waiting,
                           find_mute,       find_not_printed, find_reset};

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
