// What the two ends of a conversation said to each other, without the packets.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/text/words.h"
#include "judge/story/segment_words.h"
#include "report/capture/conversation_table.h"

namespace wireproof {
namespace {

constexpr std::size_t kRowBytes = 16;

// As `hexdump -C` writes them; `offset` is that of the first byte in its side's stream.
void append_hex(ByteView bytes, std::uint64_t offset, std::string& text) {
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

// What one side said before the other said something.
struct Turn {
  Side from = Side::client;
  std::uint64_t begin = 0;  // in its stream
  std::uint64_t end = 0;
  std::size_t first_packet = 0;  // from 0
  std::size_t last_packet = 0;
};

void append_turn(const Turn& turn, ByteView stream, std::string& text) {
  const std::uint64_t begin = std::min<std::uint64_t>(turn.begin, stream.size());
  const std::uint64_t end = std::min<std::uint64_t>(turn.end, stream.size());
  text += fmt::format("{}, {} (packet {}", side_name(turn.from),
                      counted(turn.end - turn.begin, "byte"), turn.first_packet + 1);
  if (turn.last_packet != turn.first_packet) text += fmt::format(" to {}", turn.last_packet + 1);
  text += "):\n";
  append_hex(stream.subspan(begin, end - begin), turn.begin, text);
  if (end - begin < turn.end - turn.begin) text += "  (the rest is not in the capture)\n";
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
  explicit Dialogue(const TcpConnection& connection) : connection_(connection) {}

  std::string render() {
    for (const Event& event : in_stream_order(connection_)) add(event);
    end_turn();
    return std::move(text_);
  }

 private:
  void add(const Event& event) {
    const std::size_t packet = connection_.segments[event.segment].packet;
    if (event.kind == EventKind::bytes) {
      add_bytes(event, packet);
    } else if (event.kind != EventKind::open) {
      end_turn();
      text_ += fmt::format("{}: {} (packet {})\n", side_name(event.from),
                           event.kind == EventKind::fin ? "FIN" : "RST", packet + 1);
    }
  }

  // Stream byte k stands at position k + 1.
  void add_bytes(const Event& event, std::size_t packet) {
    std::uint64_t& said = said_[event.from];
    const std::uint64_t begin = event.begin - 1;
    if (turn_ && turn_->from == event.from && said == begin) {
      turn_->end = event.end - 1;
      turn_->first_packet = std::min(turn_->first_packet, packet);
      turn_->last_packet = std::max(turn_->last_packet, packet);
    } else {
      end_turn();
      if (begin > said) {
        text_ += fmt::format("{}: {} not captured\n", side_name(event.from),
                             counted(begin - said, "byte"));
      }
      turn_ = Turn{event.from, begin, event.end - 1, packet, packet};
    }
    said = event.end - 1;
  }

  void end_turn() {
    if (turn_) append_turn(*turn_, connection_.stream(turn_->from), text_);
    turn_.reset();
  }

  const TcpConnection& connection_;
  std::optional<Turn> turn_;
  std::map<Side, std::uint64_t> said_;  // how far each side's stream is told
  std::string text_;
};

std::string render_datagrams(const UdpExchange& exchange) {
  std::string text;
  for (const Datagram& datagram : exchange.datagrams) {
    if (datagram.port_unreachable) {
      text += fmt::format("port unreachable (packet {})\n", datagram.packet + 1);
      continue;
    }
    append_turn({datagram.from, 0, datagram.payload_size, datagram.packet, datagram.packet},
                datagram.payload, text);
  }
  return text;
}

}  // namespace

std::string render_followed(const Conversations& conversations, const StreamName& stream) {
  if (stream.kind == StreamKind::udp) return render_datagrams(conversations.udp[stream.number]);
  return Dialogue(conversations.tcp[stream.number]).render();
}

}  // namespace wireproof
