// What a client program sent, against the rows of a table.
#include "judge/program_messages.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/words.h"
#include "expect/match/event_table.h"
#include "judge/causes/failure_evidence.h"
#include "judge/traffic/message_end.h"
#include "judge/traffic/table_rows.h"

namespace wireproof {
namespace {

using enum ExplanationId;

constexpr std::size_t kShownOfProgram = 40;

// A message that a row lets the client send. Of a layout whose fields the row leaves open,
// `encoded` has the sizes and the places alone.
struct WantedMessage {
  const Message* written = nullptr;
  EncodedMessage encoded;
  std::string row;  // "row 4"

  std::size_t size() const { return encoded.bytes.size(); }
};

struct WantedMessages {
  std::vector<WantedMessage> all;
  bool is_complete = false;  // nothing else may be sent
  bool tells_lost = false;   // a row is about a datagram that the path loses
};

// Of the rows of one connection, as far as they tell what is sent.
WantedMessages messages_of(const RowGroup& group, const Program& program) {
  WantedMessages messages;
  for (const Row& row : group.rows) {
    if (is_obligation(row)) continue;  // it sends nothing new
    const bool says_nothing = row.kind == RowKind::anything;
    const bool has_bytes = row.payload || (row.length && row.length->most > 0);
    if (!says_nothing && (row.from != Side::client || !has_bytes)) continue;
    if (says_nothing || !row.payload) return messages;
    auto encoded =
        encode_message(*row.payload, program.scenario.layouts, program.evidence.played.variables);
    if (!encoded) return messages;
    messages.all.push_back({&*row.payload, *std::move(encoded), row_words(row)});
    messages.tells_lost = messages.tells_lost || (row.fate && !has_arrived(*row.fate));
  }
  messages.is_complete = !messages.all.empty();
  return messages;
}

// Whether each so many bytes stand the other way round.
bool are_swapped(ByteView wanted, ByteView there, std::size_t width) {
  if (width < 2 || wanted.size() % width != 0) return false;
  for (std::size_t at = 0; at < wanted.size(); at += width) {
    const ByteView one = wanted.subspan(at, width);
    if (!std::equal(one.begin(), one.end(), there.subspan(at, width).rbegin())) return false;
  }
  return !wanted.empty();
}

// Whether the bytes of a number, or of each of several, stand the other way round.
bool is_swapped(const WantedMessage& message, const std::string& field, ByteView came) {
  const std::string name = field.substr(0, field.find('['));
  const auto place = std::ranges::find(message.encoded.fields, name, &FieldPlace::field);
  if (field.empty() || place == message.encoded.fields.end()) return false;
  const ByteView wanted =
      ByteView(message.encoded.bytes).subspan(place->begin, place->end - place->begin);
  if (came.size() < place->begin + wanted.size()) return false;
  const ByteView there = came.subspan(place->begin, wanted.size());
  if (name == field) return are_swapped(wanted, there, wanted.size());
  return are_swapped(wanted, there, 4) || are_swapped(wanted, there, 2) ||
         are_swapped(wanted, there, 8);
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

std::optional<MessageMismatch> compare_all(const Program& program, const WantedMessage& message,
                                           ByteView came) {
  Variables variables = program.evidence.played.variables;
  return compare_datagram(*message.written, program.scenario.layouts, variables, came);
}

// Of a message with open fields nobody knows the size before.
bool is_all_of_it(const Program& program, const WantedMessage& message, ByteView came) {
  return !compare_all(program, message, came);
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
    const std::size_t width = count_length_bytes(came, message.encoded.bytes);
    if (width > 0 && came.size() >= width + message.size()) {
      return {fmt::format("{} sent {} in front of {}: its length", who, shown(came.first(width)),
                          shown(message.encoded.bytes)),
              {client_other_bytes,
               "the protocol has no length there (writeUTF() of Java puts one before the text)"}};
    }
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
    const auto differs = compare_all(program, message, at_once);
    if (!differs) {
      offset += at_once.size();
      continue;
    }
    if (at_once.size() < message.size()) {
      // Of a datagram nothing more comes: its fields are what they are.
      const bool is_another = connection == nullptr && !differs->field.empty();
      return is_another ? describe_wrong(program, message, *differs, at_once)
                        : describe_short(program, message, at_once);
    }
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

// In the order of the capture: a program may have several sockets.
std::vector<const Datagram*> sent_datagrams(const Program& program) {
  std::vector<const Datagram*> sent;
  for (const UdpExchange* const exchange : program.conversations->udp) {
    for (const Datagram& datagram : exchange->datagrams) {
      if (datagram.from == Side::client && !datagram.port_unreachable) sent.push_back(&datagram);
    }
  }
  std::ranges::sort(sent, {}, [](const Datagram* datagram) { return datagram->packet; });
  return sent;
}

// What the rows have too, but before or behind the one that is due: that alone tells what happened.
std::optional<Seen> find_elsewhere(const Program& program, const std::vector<WantedMessage>& all,
                                   std::size_t next, const Datagram& datagram) {
  const auto is_it = [&](const WantedMessage& message) {
    return is_all_of_it(program, message, datagram.payload);
  };
  const auto due = all.begin() + static_cast<std::ptrdiff_t>(next);
  if (is_it(*due)) return std::nullopt;
  const std::string what = fmt::format("{} sent {} ({})", party_words(program.actor),
                                       shown(datagram.payload), packet_words(datagram.packet));
  if (std::any_of(due + 1, all.end(), is_it)) {
    const bool is_repeat = std::any_of(all.begin(), due, [&](const WantedMessage& earlier) {
      return earlier.encoded.bytes == due->encoded.bytes;
    });
    return Seen{fmt::format("{} before the datagram of {}", what, due->row),
                {client_other_bytes,
                 is_repeat ? due->row + " has a datagram once more that was sent already: until a "
                                        "right answer comes, nothing else is sent"
                           : "it has left that one out"}};
  }
  if (std::any_of(all.begin(), due, is_it)) {
    return Seen{what + " once more than it has to",
                {client_other_bytes,
                 "it had sent this before, and now that of " + due->row + " is to be sent"}};
  }
  return std::nullopt;
}

std::optional<Seen> compare_datagrams(const Program& program, const WantedMessages& wanted) {
  std::size_t next = 0;
  for (const Datagram* const datagram : sent_datagrams(program)) {
    // A table without lost ones says what arrived.
    if (!has_arrived(datagram->fate) && !wanted.tells_lost) continue;
    if (next < wanted.all.size()) {
      if (auto wrong = find_elsewhere(program, wanted.all, next, *datagram)) return wrong;
      const WantedMessages one{{wanted.all[next++]}, true};
      if (auto wrong = compare_stream(program, one, datagram->payload, nullptr)) return wrong;
      continue;
    }
    if (!wanted.is_complete) return std::nullopt;
    const std::string what = datagram->payload.empty()
                                 ? "an empty datagram"
                                 : "a datagram with " + shown(datagram->payload);
    return Seen{fmt::format("{} sent {} more than it has to ({})", party_words(program.actor), what,
                            packet_words(datagram->packet)),
                {client_other_bytes, "nothing more is to be sent there"}};
  }
  return std::nullopt;
}

}  // namespace

std::string shown(ByteView bytes) {
  return render_quoted(bytes, kShownOfProgram);
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

bool asks_more(const Program& program) {
  const auto& tcp = program.conversations->tcp;
  for (const PacketTable& table : program.scenario.packet_tables) {
    for (const ActorRows& rows : rows_by_actor(table, program.scenario)) {
      if (rows.actor != program.actor) continue;
      const std::vector<RowGroup> groups = split_connections(rows.rows, tcp.size());
      if (groups.empty() || groups.size() != tcp.size()) continue;
      std::size_t wanted = 0;
      for (const WantedMessage& message : messages_of(groups.back(), program).all)
        wanted += message.size();
      if (wanted > tcp.back()->client_stream.size()) return true;
    }
  }
  return false;
}

}  // namespace wireproof
