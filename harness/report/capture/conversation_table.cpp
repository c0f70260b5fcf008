#include "report/capture/conversation_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text/words.h"
#include "judge/story/conversation_story.h"
#include "judge/story/segment_words.h"

namespace wireproof {
namespace {

// What a conversation of either transport has in one line.
struct ConversationLine {
  StreamName name;
  Endpoint client;
  Endpoint server;
  std::size_t packets = 0;
  std::uint64_t client_bytes = 0;
  std::uint64_t server_bytes = 0;
  Timestamp begin{};
  Timestamp end{};
  std::string history;
  std::vector<std::string> remarks;
};

template <class Part>
void add_times(const std::vector<Part>& parts, ConversationLine& line) {
  line.packets = parts.size();
  if (parts.empty()) return;
  line.begin = parts.front().time;
  line.end = parts.back().time;
}

std::string tell_end(const TcpConnection& connection) {
  std::vector<std::string> words;
  if (const std::string fins = render_first_close(find_first_close(connection)); !fins.empty()) {
    words.push_back(fins);
  }
  const auto reset = std::ranges::find(connection.events, EventKind::rst, &Event::kind);
  if (reset != connection.events.end()) {
    const bool is_refusal =
        reset->from == Side::server && connection.has_syn && !was_answered(connection);
    words.push_back(is_refusal ? "refused"
                               : fmt::format("reset by the {}", side_name(reset->from)));
  }
  if (!words.empty()) return fmt::format("{}", fmt::join(words, "; "));
  const bool was_asked_in_vain = connection.has_syn && !was_answered(connection);
  return was_asked_in_vain ? "nobody answered" : "open at the end";
}

// The unusual ones with their number: "2 × retransmission".
std::vector<std::string> count_repeats(const TcpConnection& connection) {
  std::map<Repeat, std::size_t> counts;
  for (const Segment& segment : connection.segments) ++counts[segment.repeat];
  std::vector<std::string> words;
  for (const auto& [repeat, count] : counts) {
    if (repeat == Repeat::none || repeat == Repeat::pure_ack) continue;
    words.push_back(fmt::format("{} × {}", count, render_repeat(repeat)));
  }
  return words;
}

ConversationLine describe(const TcpConnection& connection, std::size_t number) {
  ConversationLine line;
  line.name = {StreamKind::tcp, number};
  line.client = connection.client;
  line.server = connection.server;
  add_times(connection.segments, line);
  for (const Event& event : connection.events) {
    if (event.kind != EventKind::bytes) continue;
    (event.from == Side::client ? line.client_bytes : line.server_bytes) += event.end - event.begin;
  }
  line.history = render_history(connection);
  if (!has_event(connection, EventKind::open)) line.remarks.emplace_back("begun before");
  line.remarks.push_back(tell_end(connection));
  std::ranges::move(count_repeats(connection), std::back_inserter(line.remarks));
  std::uint64_t lacking = 0;
  for (const Hole& hole : connection.holes) lacking += hole.end - hole.begin;
  if (lacking > 0) line.remarks.push_back(counted(lacking, "byte") + " not captured");
  return line;
}

ConversationLine describe(const UdpExchange& exchange, std::size_t number) {
  ConversationLine line;
  line.name = {StreamKind::udp, number};
  line.client = exchange.client;
  line.server = exchange.server;
  add_times(exchange.datagrams, line);
  std::size_t refusals = 0;
  for (const Datagram& datagram : exchange.datagrams) {
    if (datagram.port_unreachable) {
      ++refusals;
      continue;
    }
    (datagram.from == Side::client ? line.client_bytes : line.server_bytes) +=
        datagram.payload_size;
  }
  line.history = render_history(exchange);
  if (refusals > 0) line.remarks.push_back(fmt::format("{} × port unreachable", refusals));
  return line;
}

bool is_chosen(const TcpConnection& connection, const ChosenPackets& chosen) {
  return std::ranges::any_of(connection.segments,
                             [&](const Segment& segment) { return chosen.shown[segment.packet]; });
}

bool is_chosen(const UdpExchange& exchange, const ChosenPackets& chosen) {
  return std::ranges::any_of(
      exchange.datagrams, [&](const Datagram& datagram) { return chosen.shown[datagram.packet]; });
}

// Of a capture that has times; else empty.
std::string seconds(const ChosenPackets& chosen, Timestamp from, Timestamp to) {
  return chosen.start ? render_seconds(time_between(from, to)) : "";
}

std::string heading_of(const ConversationLine& line) {
  return fmt::format("{}: client {}, server {}, {}", render_stream(line.name),
                     render_endpoint(line.client), render_endpoint(line.server),
                     counted(line.packets, "packet"));
}

void add_story(const ConversationLine& line, const std::vector<std::string>& sentences,
               std::string& text) {
  if (!text.empty()) text += "\n";
  text += heading_of(line) + "\n";
  for (const std::string& sentence : sentences) text += "  " + sentence + "\n";
  if (!line.remarks.empty()) text += fmt::format("  {}\n", fmt::join(line.remarks, "; "));
}

const StoryNames kNames{"the client", "the server"};

}  // namespace

std::string render_first_close(FirstClose close) {
  switch (close) {
    case FirstClose::nobody:
      return "";
    case FirstClose::client:
      return "client closed first";
    case FirstClose::server:
      return "server closed first";
    case FirstClose::client_alone:
      return "closed by the client alone";
    case FirstClose::server_alone:
      return "closed by the server alone";
    case FirstClose::both:
      return "both closed at once";
  }
  return "";
}

std::string render_stream(const StreamName& stream) {
  return fmt::format("{} {}", stream.kind == StreamKind::udp ? "udp" : "tcp", stream.number);
}

std::optional<StreamName> parse_stream(std::string_view text) {
  StreamName stream;
  for (const auto& [word, kind] :
       {std::pair{"tcp", StreamKind::tcp}, std::pair{"udp", StreamKind::udp}}) {
    if (!text.starts_with(word)) continue;
    text.remove_prefix(3);
    if (text.empty() || (text.front() != ' ' && text.front() != ':')) return std::nullopt;
    text.remove_prefix(1);
    stream.kind = kind;
    break;
  }
  const auto number = parse_number<std::size_t>(text);
  if (!number) return std::nullopt;
  stream.number = *number;
  return stream;
}

std::vector<KnownPacket> know_packets(const Conversations& conversations,
                                      std::size_t packet_count) {
  std::vector<KnownPacket> known(packet_count);
  for (std::size_t number = 0; number < conversations.tcp.size(); ++number) {
    const TcpConnection& connection = conversations.tcp[number];
    std::vector<Cause> causes = infer_causes(connection, {});
    std::vector<std::string> sentences = explain_segments(connection);
    for (std::size_t i = 0; i < connection.segments.size(); ++i) {
      known[connection.segments[i].packet] = {StreamName{StreamKind::tcp, number},
                                              std::move(causes[i]), std::move(sentences[i])};
    }
  }
  std::vector<std::vector<Cause>> causes = infer_causes(conversations.udp, {});
  for (std::size_t number = 0; number < conversations.udp.size(); ++number) {
    const UdpExchange& exchange = conversations.udp[number];
    std::vector<std::string> sentences = explain_datagrams(exchange);
    for (std::size_t i = 0; i < exchange.datagrams.size(); ++i) {
      known[exchange.datagrams[i].packet] = {StreamName{StreamKind::udp, number},
                                             std::move(causes[number][i]), std::move(sentences[i])};
    }
  }
  const auto set_twin = [&known](std::size_t packet, std::size_t twin, const char* what) {
    if (!known[twin].stream) return;
    known[packet] = {known[twin].stream, {}, fmt::format("{} packet {}", what, twin + 1)};
  };
  for (const FragmentPart& part : conversations.fragments) {
    set_twin(part.packet, part.whole, "a fragment: the whole is explained at");
  }
  for (const CapturedCopy& copy : conversations.copies) {
    set_twin(copy.packet, copy.first, "captured twice: a copy of");
  }
  for (const DamagedCopy& copy : conversations.damaged) {
    set_twin(copy.packet, copy.good, "its checksum is wrong, so it was dropped; as");
  }
  return known;
}

std::string render_conversations(const Conversations& conversations, const ChosenPackets& chosen,
                                 TableFormat format) {
  TextTable table;
  table.heading = {"Stream",       "Client", "Server",   "Packets", "Client Bytes",
                   "Server Bytes", "Start",  "Duration", "History", "Remark"};
  table.aligns = {Align::left,  Align::left,  Align::left,  Align::right, Align::right,
                  Align::right, Align::right, Align::right, Align::left,  Align::left};
  const auto add = [&](const ConversationLine& line) {
    table.rows.push_back({render_stream(line.name), render_endpoint(line.client),
                          render_endpoint(line.server), std::to_string(line.packets),
                          std::to_string(line.client_bytes), std::to_string(line.server_bytes),
                          seconds(chosen, chosen.start.value_or(line.begin), line.begin),
                          seconds(chosen, line.begin, line.end), line.history,
                          fmt::format("{}", fmt::join(line.remarks, "; "))});
  };
  for (std::size_t i = 0; i < conversations.tcp.size(); ++i) {
    if (is_chosen(conversations.tcp[i], chosen)) add(describe(conversations.tcp[i], i));
  }
  for (std::size_t i = 0; i < conversations.udp.size(); ++i) {
    if (is_chosen(conversations.udp[i], chosen)) add(describe(conversations.udp[i], i));
  }
  return render_table(table, format);
}

std::string render_stories(const Conversations& conversations, const ChosenPackets& chosen) {
  std::string text;
  for (std::size_t i = 0; i < conversations.tcp.size(); ++i) {
    const TcpConnection& connection = conversations.tcp[i];
    if (!is_chosen(connection, chosen)) continue;
    add_story(describe(connection, i), tell_connection(connection, {}, kNames), text);
  }
  const std::vector<std::vector<Cause>> causes = infer_causes(conversations.udp, {});
  for (std::size_t i = 0; i < conversations.udp.size(); ++i) {
    const UdpExchange& exchange = conversations.udp[i];
    if (!is_chosen(exchange, chosen)) continue;
    add_story(describe(exchange, i), tell_exchange(exchange, causes[i], {}, kNames), text);
  }
  return text;
}

}  // namespace wireproof
