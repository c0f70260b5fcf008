#include "judge/story/segment_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text/words.h"

namespace wireproof {
namespace {

// What one side has shown before the segment that is explained.
struct SideState {
  bool has_syn = false;
  std::optional<std::int64_t> fin;           // its number
  std::optional<std::int64_t> acknowledged;  // the highest number that it acknowledged
};

class Explainer {
 public:
  explicit Explainer(const TcpConnection& connection) : connection_(connection) {}

  std::vector<std::string> explain() {
    std::vector<std::string> sentences;
    for (const Segment& segment : connection_.segments) {
      sentences.push_back(explain(segment));
      note(segment);
    }
    return sentences;
  }

 private:
  SideState& state(Side side) { return states_[side == Side::client ? 0 : 1]; }

  void note(const Segment& segment) {
    if (is_refused(segment.repeat)) return;
    SideState& own = state(segment.from);
    own.has_syn = own.has_syn || segment.has(tcp_flag::kSyn);
    if (segment.has(tcp_flag::kFin) && !own.fin) own.fin = fin_number(segment);
    if (!segment.has(tcp_flag::kAck)) return;
    own.acknowledged =
        std::max(own.acknowledged.value_or(segment.numbers.ack), segment.numbers.ack);
  }

  static std::int64_t fin_number(const Segment& segment) {
    return segment.numbers.seq + std::int64_t{segment.payload_size};
  }

  std::string explain(const Segment& segment) {
    if (segment.has(tcp_flag::kRst)) return explain_reset(segment);
    const SideState& own = state(segment.from);
    const bool answers_at_once = segment.has(tcp_flag::kSyn) && segment.has(tcp_flag::kAck) &&
                                 own.has_syn && !own.acknowledged;
    if (answers_at_once) {
      return fmt::format(
          "both ends had asked at once; the {}'s SYN again, and Ack={} acknowledges the "
          "other's (RFC 9293 §3.5, simultaneous open)",
          side_name(segment.from), segment.numbers.ack);
    }
    if (!contributes(segment.repeat) && segment.repeat != Repeat::pure_ack) {
      return explain_repeat(segment);
    }
    if (segment.has(tcp_flag::kSyn)) return explain_syn(segment);
    std::vector<std::string> parts;
    if (segment.payload_size > 0) parts.push_back(explain_data(segment));
    if (segment.has(tcp_flag::kFin)) parts.push_back(explain_fin(segment));
    const std::string acknowledges = explain_ack(segment);
    if (!acknowledges.empty()) parts.push_back(acknowledges);
    if (segment.repeat != Repeat::none && segment.repeat != Repeat::pure_ack) {
      parts.push_back(render_repeat(segment.repeat));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
  }

  static std::string explain_syn(const Segment& segment) {
    const std::string data =
        segment.payload_size == 0
            ? ""
            : fmt::format("; the {} behind it are for the program once the connection is open",
                          counted(segment.payload_size, "byte"));
    if (!segment.has(tcp_flag::kAck)) {
      return fmt::format(
          "the {} asks for a connection; the SYN takes one number, 0 as it is counted here "
          "(RFC 9293 §3.5){}",
          side_name(segment.from), data);
    }
    return fmt::format(
        "the {} agrees: its own SYN is number 0, and Ack={} acknowledges the other side's SYN{} "
        "(RFC 9293 §3.5){}",
        side_name(segment.from), segment.numbers.ack,
        segment.numbers.ack > 1 ? " and the bytes behind it" : "", data);
  }

  static std::string explain_data(const Segment& segment) {
    const std::int64_t first = segment.numbers.seq;
    const std::int64_t last = first + std::int64_t{segment.payload_size} - 1;
    const std::string bytes = segment.payload_size == 1
                                  ? fmt::format("byte {}", first)
                                  : fmt::format("bytes {} to {}", first, last);
    const char* const push =
        segment.has(tcp_flag::kPsh)
            ? "; PSH: nothing else waited to be sent, the program is to have them at once "
              "(RFC 9293 §3.9.1)"
            : "; without PSH: usually more follows at once";
    return fmt::format("{} of what the {} sends{}", bytes, side_name(segment.from), push);
  }

  static std::string explain_fin(const Segment& segment) {
    return fmt::format(
        "FIN: the {} will send nothing more, and may still receive; it takes the number {} "
        "(RFC 9293 §3.6)",
        side_name(segment.from), segment.numbers.seq + std::int64_t{segment.payload_size});
  }

  std::string explain_ack(const Segment& segment) {
    if (!segment.has(tcp_flag::kAck)) return "";
    const Side peer = other_side(segment.from);
    const std::int64_t ack = segment.numbers.ack;
    const std::optional<std::int64_t> before = state(segment.from).acknowledged;
    if (before && ack <= *before) {
      return segment.payload_size > 0 || segment.has(tcp_flag::kFin)
                 ? ""
                 : fmt::format("Ack={} as before: nothing new came", ack);
    }
    if (!before && !state(peer).has_syn && ack <= 1) {
      return fmt::format("Ack={}: all that the {} sent before that number had come", ack,
                         side_name(peer));
    }
    if (ack == 1) {
      return fmt::format("Ack=1 acknowledges the {}'s SYN: the connection is open (RFC 9293 §3.5)",
                         side_name(peer));
    }
    const bool of_fin = state(peer).fin && ack == *state(peer).fin + 1;
    const std::int64_t last = of_fin ? ack - 2 : ack - 1;
    std::string what = of_fin ? fmt::format("the {}'s FIN", side_name(peer)) : "";
    if (!of_fin || last >= before.value_or(1)) {
      what = fmt::format("all bytes up to {}{}", last, of_fin ? " and " + what : "");
    }
    return fmt::format("Ack={} acknowledges {}: {} is the next number that it expects", ack, what,
                       ack);
  }

  std::string explain_reset(const Segment& segment) {
    const Side peer = other_side(segment.from);
    if (!contributes(segment.repeat)) {
      return fmt::format("RST of the {}: {}", side_name(segment.from),
                         render_repeat(segment.repeat));
    }
    if (segment.from == Side::server && state(peer).has_syn && !was_answered(connection_)) {
      return fmt::format(
          "RST: the {} refuses the connection, usually as nothing listens on that "
          "port (RFC 9293 §3.5.2)",
          side_name(segment.from));
    }
    return fmt::format(
        "RST: the {} ends the connection at once, in both directions; what was not delivered yet "
        "is lost (RFC 9293 §3.5.3)",
        side_name(segment.from));
  }

  static std::string explain_repeat(const Segment& segment) {
    const std::string name = render_repeat(segment.repeat);
    switch (segment.repeat) {
      case Repeat::retransmission:
        return name + ": sent again, as no acknowledgement had come (RFC 6298)";
      case Repeat::fast_retransmission:
        return name + ": three duplicate ACKs asked for it (RFC 5681 §3.2)";
      case Repeat::spurious_retransmission:
        return name + ": it had been acknowledged already";
      case Repeat::duplicate_ack:
        return fmt::format(
            "{}: Ack={} again, as bytes behind a gap came: number {} is missing "
            "(RFC 5681 §3.2)",
            name, segment.numbers.ack, segment.numbers.ack);
      case Repeat::window_update:
        return fmt::format("{}: the {} can take {} bytes again (RFC 9293 §3.8.6)", name,
                           side_name(segment.from), segment.numbers.window_bytes);
      case Repeat::zero_window:
        return fmt::format(
            "{}: the {}'s buffer is full, nothing more may be sent to it "
            "(RFC 9293 §3.8.6)",
            name, side_name(segment.from));
      case Repeat::zero_window_probe:
      case Repeat::window_probe_ack:
        return name + ": asks, or tells, whether the window is open again (RFC 9293 §3.8.6.1)";
      case Repeat::keep_alive:
        return name + ": is the other side still there? (RFC 9293 §3.8.4)";
      case Repeat::keep_alive_ack:
        return name + ": it is (RFC 9293 §3.8.4)";
      default:
        return name;
    }
  }

  const TcpConnection& connection_;
  std::array<SideState, 2> states_;
};

}  // namespace

const char* side_name(Side side) {
  return side == Side::client ? "client" : "server";
}

std::vector<std::string> explain_segments(const TcpConnection& connection) {
  return Explainer(connection).explain();
}

std::vector<std::string> explain_datagrams(const UdpExchange& exchange) {
  std::vector<std::string> sentences;
  for (const Datagram& datagram : exchange.datagrams) {
    sentences.push_back(
        datagram.port_unreachable
            ? fmt::format("ICMP: no socket of the {} is bound to that port (RFC 1122 §3.2.2.1)",
                          side_name(datagram.from))
            : fmt::format("the {} sends one message of {}; UDP has no handshake, no "
                          "acknowledgement and no end (RFC 768)",
                          side_name(datagram.from), counted(datagram.payload_size, "byte")));
  }
  return sentences;
}

}  // namespace wireproof
