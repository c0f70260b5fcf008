#include "packets/flow/tcp_connection.h"

#include <algorithm>
#include <cctype>

namespace wireproof {
namespace {

char event_letter(EventKind kind) {
  switch (kind) {
    case EventKind::open:
      return 'S';
    case EventKind::bytes:
      return 'D';
    case EventKind::fin:
      return 'F';
    case EventKind::rst:
      return 'R';
  }
  return '?';
}

char repeat_letter(Repeat repeat) {
  switch (repeat) {
    case Repeat::keep_alive:
    case Repeat::zero_window_probe:
      return 'K';
    case Repeat::late_retransmission:
    case Repeat::window_probe_byte:
    case Repeat::conflicting_overlap:
      return 'D';
    case Repeat::retransmission:
    case Repeat::fast_retransmission:
    case Repeat::spurious_retransmission:
    case Repeat::conflicting_repeat:
      return 'T';
    case Repeat::zero_window:
      return 'W';
    case Repeat::reset_after_end:
    case Repeat::stray_reset:
      return 'R';
    case Repeat::stray_syn:
      return 'S';
    case Repeat::none:
    case Repeat::pure_ack:
    case Repeat::duplicate_ack:
    case Repeat::window_update:
    case Repeat::keep_alive_ack:
    case Repeat::window_probe_ack:
    case Repeat::out_of_order:
    case Repeat::repeated_ack:
    case Repeat::out_of_window:
    case Repeat::unacceptable_ack:
      return 'A';
  }
  return '?';
}

// Of a segment without an event. Refused is any kind: its flags tell.
char letter_without_event(const Segment& segment) {
  if (!is_refused(segment.repeat)) return repeat_letter(segment.repeat);
  if (segment.has(tcp_flag::kSyn)) return 'S';
  if (segment.has(tcp_flag::kRst)) return 'R';
  return segment.payload_size > 0 ? 'T' : 'A';
}

// Collects letters and writes a run of equal ones as letter and count.
class LetterRuns {
 public:
  void add(char letter) {
    if (letter == letter_) {
      ++count_;
      return;
    }
    flush();
    letter_ = letter;
    count_ = 1;
  }

  std::string take() {
    flush();
    return std::move(text_);
  }

 private:
  void flush() {
    if (count_ > 0) text_ += letter_;
    if (count_ > 1) text_ += std::to_string(count_);
  }

  std::string text_;
  char letter_ = '\0';
  std::size_t count_ = 0;
};

char side_letter(char letter, Side from) {
  return from == Side::client ? letter : static_cast<char>(std::tolower(letter));
}

}  // namespace

bool has_event(const TcpConnection& connection, EventKind kind, std::optional<Side> from) {
  return std::ranges::any_of(connection.events, [&](const Event& event) {
    return event.kind == kind && (!from || event.from == *from);
  });
}

bool was_answered(const TcpConnection& connection) {
  return std::ranges::any_of(connection.segments, [](const Segment& segment) {
    if (segment.has(tcp_flag::kRst)) return false;
    return segment.from == Side::server || segment.has(tcp_flag::kAck);
  });
}

std::string render_history(const TcpConnection& connection) {
  LetterRuns runs;
  auto event = connection.events.begin();
  for (std::size_t index = 0; index < connection.segments.size(); ++index) {
    const Segment& segment = connection.segments[index];
    char last = '\0';  // a segment that fills a hole may have several events of one kind
    for (; event != connection.events.end() && event->segment == index; ++event) {
      const char letter = event_letter(event->kind);
      if (letter != last) runs.add(side_letter(letter, segment.from));
      last = letter;
    }
    if (last == '\0') runs.add(side_letter(letter_without_event(segment), segment.from));
  }
  return runs.take();
}

std::string render_history(const UdpExchange& exchange) {
  LetterRuns runs;
  for (const Datagram& datagram : exchange.datagrams) {
    runs.add(side_letter(datagram.port_unreachable ? 'R' : 'D', datagram.from));
  }
  return runs.take();
}

}  // namespace wireproof
