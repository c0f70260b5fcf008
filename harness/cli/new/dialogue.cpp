#include "cli/new/dialogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/replace.hpp>
#include <cctype>
#include <map>
#include <set>

#include "base/text/utf8.h"
#include "judge/traffic/traffic.h"

namespace wireproof {
namespace {

// Of a first sheet; more would be no sheet that one reads.
constexpr std::size_t kMostBytes = 100'000;
constexpr std::size_t kMostTurns = 500;

void add_bytes(Dialogue& dialogue, Side from, ByteView bytes) {
  std::vector<Turn>& turns = dialogue.turns;
  const bool goes_on = !turns.empty() && turns.back().from == from && !turns.back().is_end;
  if (!goes_on) turns.push_back({from, {}, false});
  turns.back().bytes.insert(turns.back().bytes.end(), bytes.begin(), bytes.end());
}

// Why no sheet can be made of the connection; empty: it can.
std::string why_not(const TcpConnection& connection) {
  if (!connection.has_syn) return "its opening was not captured";
  if (has_event(connection, EventKind::rst)) return "it was reset";
  if (!connection.holes.empty() || connection.truncated) return "bytes of it are missing";
  if (!connection.ended) return "its end was not captured";
  if (connection.server_stream.empty()) return "the server said nothing in it";
  if (connection.client_stream.size() + connection.server_stream.size() > kMostBytes) {
    return fmt::format("it has more than {} bytes", kMostBytes);
  }
  return "";
}

std::string why_not(const UdpExchange& exchange) {
  std::size_t size = 0;
  for (const Datagram& datagram : exchange.datagrams) {
    if (datagram.port_unreachable) return "nobody listened";
    if (datagram.truncated) return "bytes of it are missing";
    size += datagram.payload_size;
  }
  if (size > kMostBytes) return fmt::format("it has more than {} bytes", kMostBytes);
  if (exchange.datagrams.front().from == Side::server) return "its begin was not captured";
  const bool answers = std::ranges::any_of(
      exchange.datagrams, [](const Datagram& datagram) { return datagram.from == Side::server; });
  return answers ? "" : "the server said nothing in it";
}

void read_turns(const TcpConnection& connection, Dialogue& dialogue) {
  for (const Event& event : connection.events) {
    if (event.kind == EventKind::fin) dialogue.turns.push_back({event.from, {}, true});
    if (event.kind != EventKind::bytes) continue;
    // Position 0 is the SYN's.
    const ByteView stream = connection.stream(event.from);
    add_bytes(dialogue, event.from, stream.subspan(event.begin - 1, event.end - event.begin));
  }
}

void read_turns(const UdpExchange& exchange, Dialogue& dialogue) {
  dialogue.udp = true;
  for (const Datagram& datagram : exchange.datagrams) {
    dialogue.turns.push_back(
        {datagram.from, Bytes(datagram.payload.begin(), datagram.payload.end()), false});
  }
}

template <class Parts>
void keep_packets(const PacketStore& packets, const Parts& parts, Dialogue& dialogue) {
  std::set<std::size_t> indexes;
  for (const auto& part : parts) indexes.insert(part.packet);
  for (const std::size_t index : indexes) dialogue.packets.append(packets.at(index));
}

// The first of them that can be one, else the reason of the first.
template <class Conversation, class Parts>
bool take_first(const std::vector<Conversation>& all, Parts Conversation::*parts,
                const PacketStore& packets, Dialogue& dialogue, std::string& reason) {
  for (const Conversation& one : all) {
    const std::string refused = why_not(one);
    if (!refused.empty()) {
      if (reason.empty()) reason = refused;
      continue;
    }
    dialogue.port = one.server.port;
    read_turns(one, dialogue);
    if (dialogue.turns.size() > kMostTurns) {
      dialogue.turns.clear();
      reason = fmt::format("it has more than {} turns", kMostTurns);
      continue;
    }
    keep_packets(packets, one.*parts, dialogue);
    return true;
  }
  return false;
}

}  // namespace

Expected<Dialogue, std::string> find_dialogue(const PacketStore& packets, std::uint16_t port) {
  const DecodedCapture capture = decode_capture(packets, port, port);
  const Conversations& found = capture.conversations;
  Dialogue dialogue;
  std::string reason;
  if (take_first(found.tcp, &TcpConnection::segments, packets, dialogue, reason) ||
      take_first(found.udp, &UdpExchange::datagrams, packets, dialogue, reason)) {
    return dialogue;
  }
  if (reason.empty()) return Unexpected<std::string>("it holds no conversation");
  return Unexpected<std::string>("no conversation is whole, of the first one: " + reason);
}

namespace {

// What the language of sheets can show as a text that means itself: UTF-8 in lines, without what
// might be a parameter's name in braces.
bool is_plain_text(ByteView bytes) {
  if (bytes.empty() || find_invalid_utf8(as_text(bytes))) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint8_t byte = bytes[i];
    const bool is_line = byte == '\n' || byte == '\r' || byte == '\t';
    if ((byte < 0x20 && !is_line) || byte == 0x7f) return false;
    const std::uint8_t next = i + 1 < bytes.size() ? bytes[i + 1] : std::uint8_t{0};
    if (byte == '{' && (std::isalpha(next) != 0 || next == '_')) return false;
  }
  return true;
}

// Whether a text of these bytes would be filled in when it is sent; bytes written as `hex` are not.
bool holds_run_name(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  return std::ranges::any_of(
      std::array<std::string_view, 4>{"{n}", "{i}", "{host}", "{port}"},
      [text](std::string_view name) { return text.find(name) != text.npos; });
}

std::string quoted(ByteView bytes, std::string_view special) {
  std::string text = "\"";
  for (const std::uint8_t byte : bytes) {
    const char letter = static_cast<char>(byte);
    if (letter == '\n') {
      text += "\\n";
    } else if (letter == '\r') {
      text += "\\r";
    } else if (letter == '\t') {
      text += "\\t";
    } else if (byte < 0x20 || byte == 0x7f || special.find(letter) != special.npos) {
      text += fmt::format("\\x{:02x}", byte);
    } else {
      text += letter;
    }
  }
  return text + "\"";
}

class SheetWriter {
 public:
  SheetWriter(const std::string& server, const Dialogue& dialogue)
      : server_(server), dialogue_(dialogue) {}

  std::string write() {
    write_steps();
    return fmt::format(
        "---\nserver: {}\n---\n# The first conversation\n\n"
        "As it was captured. Say here what it shows, give the messages' fields names and types, "
        "and\nadd further sheets beside it.\n\n{}## Session\n```session\n{}```\n",
        server_, layouts_, steps_);
  }

 private:
  // A text as it is, else a layout of its own, to be cut into fields.
  std::string message(const Turn& turn) {
    if (is_plain_text(turn.bytes)) return quoted(turn.bytes, "\"\\");
    if (turn.bytes.empty()) return "\"\"";
    if (holds_run_name(turn.bytes)) return "hex " + render_hex(turn.bytes);
    std::string bytes;
    for (const std::uint8_t byte : turn.bytes) bytes += fmt::format("\\x{:02x}", byte);
    return fmt::format("{} data=\"{}\"", layout_of(turn), bytes);
  }

  // Messages of one side and size have the same.
  std::string layout_of(const Turn& turn) {
    std::vector<std::size_t>& sizes = sizes_[turn.from];
    const auto known = std::ranges::find(sizes, turn.bytes.size());
    const std::string name = fmt::format("{} {}", turn.from == Side::client ? "request" : "reply",
                                         known - sizes.begin() + 1);
    if (known != sizes.end()) return name;
    sizes.push_back(turn.bytes.size());
    layouts_ += fmt::format("## Layout: {}\n| Field | Type |\n|-|-|\n| data | bytes[{}] |\n\n",
                            name, turn.bytes.size());
    return name;
  }

  bool has_more_of_server(std::size_t from) const {
    return std::any_of(dialogue_.turns.begin() + static_cast<std::ptrdiff_t>(from),
                       dialogue_.turns.end(),
                       [](const Turn& turn) { return turn.from == Side::server && !turn.is_end; });
  }

  void write_steps() {
    bool closed = false;
    steps_ = "connect\n";
    for (std::size_t i = 0; i < dialogue_.turns.size(); ++i) {
      const Turn& turn = dialogue_.turns[i];
      if (!turn.is_end) {
        steps_ += (turn.from == Side::client ? "send " : "recv ") + message(turn) + "\n";
      } else if (turn.from == Side::server) {
        if (!closed) steps_ += "recv eof\n";
      } else if (has_more_of_server(i)) {
        steps_ += "shutdown\n";
      } else {
        steps_ += "close\n";
        closed = true;
      }
    }
    if (!closed) steps_ += "close\n";
  }

  const std::string& server_;  // these outlive the writer, which is a local of write_sheet()
  const Dialogue& dialogue_;
  std::string layouts_;
  std::string steps_;
  std::map<Side, std::vector<std::size_t>> sizes_;  // of the layouts of a side, in their order
};

std::string python_bytes(ByteView bytes) {
  std::string text = "b\"";
  for (const std::uint8_t byte : bytes) {
    const bool plain = byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
    text += plain ? std::string(1, static_cast<char>(byte)) : fmt::format("\\x{:02x}", byte);
  }
  return text + "\"";
}

constexpr const char* kTcpReplay =
    R"("""Answers as the server of the capture did, until there is a real one."""
import socket
import sys
import threading

# What it did, one after the other: it reads so many bytes, writes these, awaits the client's end,
# ends its own direction.
TURNS = [
{turns}]


def take(connection, count):
    while count > 0:
        data = connection.recv(count)
        if not data:
            return False
        count -= len(data)
    return True


def serve(connection):
    with connection:
        for turn, value in TURNS:
            if turn == "reads" and not take(connection, value):
                return
            if turn == "writes":
                connection.sendall(value)
            if turn == "awaits" and connection.recv(4096):
                return
            if turn == "ends":
                connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass


with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    try:
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    except KeyboardInterrupt:
        pass
)";

constexpr const char* kUdpReplay =
    R"("""Answers as the server of the capture did, until there is a real one."""
import socket
import sys

# The datagrams that followed each of a client's.
REPLIES = [
{turns}]

counts = {}
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(("127.0.0.1", int(sys.argv[1])))
    try:
        while True:
            data, client = server.recvfrom(65536)
            count = counts.get(client, 0)
            counts[client] = count + 1
            for reply in REPLIES[count] if count < len(REPLIES) else []:
                server.sendto(reply, client)
    except KeyboardInterrupt:
        pass
)";

std::string tcp_turns(const Dialogue& dialogue) {
  std::string turns;
  for (const Turn& turn : dialogue.turns) {
    const bool is_client = turn.from == Side::client;
    if (turn.is_end && is_client) {
      turns += "    (\"awaits\", None),\n";
    } else if (turn.is_end) {
      turns += "    (\"ends\", None),\n";
    } else if (is_client) {
      turns += fmt::format("    (\"reads\", {}),\n", turn.bytes.size());
    } else {
      turns += fmt::format("    (\"writes\", {}),\n", python_bytes(turn.bytes));
    }
  }
  return turns;
}

std::string udp_turns(const Dialogue& dialogue) {
  std::string turns;
  for (const Turn& turn : dialogue.turns) {
    if (turn.from == Side::client) {
      turns += turns.empty() ? "    [" : "],\n    [";
    } else {
      turns += python_bytes(turn.bytes) + ", ";
    }
  }
  return turns + "],\n";
}

}  // namespace

std::string write_sheet(const std::string& server, const Dialogue& dialogue) {
  return SheetWriter(server, dialogue).write();
}

std::string write_replay(const Dialogue& dialogue) {
  const std::string text = dialogue.udp ? kUdpReplay : kTcpReplay;
  const std::string turns = dialogue.udp ? udp_turns(dialogue) : tcp_turns(dialogue);
  return boost::replace_first_copy(text, "{turns}", turns);
}

}  // namespace wireproof
