// What the two ends of a conversation said to each other, without the packets.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>

#include "base/text/words.h"
#include "judge/story/segment_words.h"
#include "report/capture/conversation_table.h"

namespace wireproof {
namespace {

// What one side said before the other said something.
struct Turn {
  Side from = Side::client;
  std::uint64_t begin = 0;       // in its stream
  Bytes bytes;                   // as far as they are in the capture
  std::uint64_t cut = 0;         // how many behind them are not
  std::size_t first_packet = 0;  // from 0
  std::size_t last_packet = 0;
};

void write_turn(const Turn& turn, std::ostream& out) {
  std::string text =
      fmt::format("{}, {} (packet {}", side_name(turn.from),
                  counted(turn.bytes.size() + turn.cut, "byte"), turn.first_packet + 1);
  if (turn.last_packet != turn.first_packet) text += fmt::format(" to {}", turn.last_packet + 1);
  text += "):\n";
  append_hex(turn.bytes, turn.begin, text);
  if (turn.cut > 0) {
    text += fmt::format("  ({} not in the capture)\n", counted(turn.cut, "byte"));
  }
  out << text;
}

// The events of a connection with the bytes of each side in the order of its stream, however they
// were captured.
std::vector<Event> in_stream_order(const TcpConnection& connection) {
  std::vector<Event> events = connection.events;
  for (const Side side : {Side::client, Side::server}) {
    std::vector<Event> own;
    const auto is_own = [side](const Event& event) {
      return event.kind == EventKind::bytes && event.from == side;
    };
    std::ranges::copy_if(events, std::back_inserter(own), is_own);
    std::ranges::sort(own, {}, &Event::begin);
    auto next = own.begin();
    for (Event& event : events) {
      if (is_own(event)) event = *next++;
    }
  }
  return events;
}

class Dialogue {
 public:
  Dialogue(const TcpConnection& connection, std::ostream& out)
      : connection_(connection), out_(out) {}

  void write() {
    for (const Event& event : in_stream_order(connection_)) add(event);
    end_turn();
  }

 private:
  void add(const Event& event) {
    const std::size_t packet = connection_.segments[event.segment].packet;
    if (event.kind == EventKind::bytes) {
      add_bytes(event, packet);
    } else if (event.kind != EventKind::open) {
      end_turn();
      out_ << fmt::format("{}: {} (packet {})\n", side_name(event.from),
                          event.kind == EventKind::fin ? "FIN" : "RST", packet + 1);
    }
  }

  // Stream byte k stands at position k + 1.
  void add_bytes(const Event& event, std::size_t packet) {
    std::uint64_t& said = said_[event.from];
    const std::uint64_t begin = event.begin - 1;
    const bool goes_on = turn_ && turn_->from == event.from && turn_->cut == 0 && said == begin;
    if (!goes_on) {
      end_turn();
      if (begin > said) {
        out_ << fmt::format("{}: {} not captured\n", side_name(event.from),
                            counted(begin - said, "byte"));
      }
      turn_ = Turn{event.from, begin, {}, 0, packet, packet};
    }
    const ByteView bytes = captured(event);
    turn_->bytes.insert(turn_->bytes.end(), bytes.begin(), bytes.end());
    turn_->cut = event.end - event.begin - bytes.size();
    turn_->first_packet = std::min(turn_->first_packet, packet);
    turn_->last_packet = std::max(turn_->last_packet, packet);
    said = event.end - 1;
    if (turn_->bytes.size() >= kMaxTurn) end_turn();
  }

  // What the segment that carried it has of an event's bytes. A segment with SYN has its first byte
  // at the position behind it.
  ByteView captured(const Event& event) const {
    const Segment& segment = connection_.segments[event.segment];
    const std::uint64_t first = segment.seq + (segment.has(tcp_flag::kSyn) ? 1 : 0);
    const std::uint64_t skip = event.begin - std::min(first, event.begin);
    const ByteView there = segment.payload.subspan(std::min(skip, segment.payload.size()));
    return there.first(std::min<std::uint64_t>(event.end - event.begin, there.size()));
  }

  void end_turn() {
    if (turn_) write_turn(*turn_, out_);
    turn_.reset();
  }

  static constexpr std::size_t kMaxTurn = std::size_t{1} << 20;  // bytes that wait to be written

  const TcpConnection& connection_;
  std::ostream& out_;
  std::optional<Turn> turn_;
  std::map<Side, std::uint64_t> said_;  // how far each side's stream is told
};

void write_datagrams(const UdpExchange& exchange, std::ostream& out) {
  for (const Datagram& datagram : exchange.datagrams) {
    if (datagram.port_unreachable) {
      out << fmt::format("port unreachable (packet {})\n", datagram.packet + 1);
      continue;
    }
    const ByteView bytes = datagram.payload;
    write_turn({datagram.from, 0, Bytes(bytes.begin(), bytes.end()),
                datagram.payload_size - bytes.size(), datagram.packet, datagram.packet},
               out);
  }
}

}  // namespace

void append_hex(ByteView bytes, std::uint64_t offset, std::string& text) {
  constexpr std::size_t kRowBytes = 16;
  for (std::size_t at = 0; at < bytes.size(); at += kRowBytes) {
    const ByteView row = bytes.subspan(at, std::min(kRowBytes, bytes.size() - at));
    std::string hex;
    std::string letters;
    for (const std::uint8_t byte : row) {
      hex += fmt::format("{:02x} ", byte);
      letters += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.';
    }
    text += fmt::format("  {:08x}  {:<48} {}\n", offset + at, hex, letters);
  }
}

void write_followed(const Conversations& conversations, const StreamName& stream,
                    std::ostream& out) {
  if (stream.kind == StreamKind::udp) {
    write_datagrams(conversations.udp[stream.number], out);
  } else {
    Dialogue(conversations.tcp[stream.number], out).write();
  }
}

}  // namespace wireproof
