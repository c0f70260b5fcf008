#include "packets/flow/repeat.h"

#include "packets/wire/packet.h"

namespace wireproof {
bool is_keep_alive(const Segment& segment, std::uint64_t size, const SideHistory& own,
                   const SideHistory& other) {
  if (segment.has(tcp_flag::kSyn | tcp_flag::kFin | tcp_flag::kRst)) return false;
  if (size > 1 || !own.has_sent || segment.numbers.seq + 1 != own.next) return false;
  return size == 0 || other.ack >= own.next;
}

Repeat classify_repeat(const Segment& segment, std::uint64_t size, const SideHistory& own,
                       const SideHistory& other) {
  if (segment.has(tcp_flag::kRst)) {
    return own.has_rst ? Repeat::retransmission : Repeat::reset_after_end;
  }
  if (is_keep_alive(segment, size, own, other)) {
    // RFC 9293 §3.8.6.1: probing a closed window looks the same but for the window.
    const bool window_closed = other.has_ack && other.window_bytes == 0;
    return window_closed ? Repeat::zero_window_probe : Repeat::keep_alive;
  }
  if (size > 0) return Repeat::retransmission;
  const bool same_ack = own.has_ack && segment.numbers.ack <= own.ack;
  const bool same_window = segment.numbers.window_bytes == own.window_bytes;
  if (same_ack && same_window && other.keep_alive_open) return Repeat::keep_alive_ack;
  if (segment.numbers.window_bytes == 0) return Repeat::zero_window;
  if (same_ack && segment.numbers.ack == own.ack && !same_window) return Repeat::window_update;
  return same_ack ? Repeat::duplicate_ack : Repeat::pure_ack;
}

std::string render_repeat(Repeat repeat) {
  switch (repeat) {
    case Repeat::none:
      return "";
    case Repeat::pure_ack:
      return "pure ACK";
    case Repeat::duplicate_ack:
      return "duplicate ACK";
    case Repeat::window_update:
      return "window update";
    case Repeat::zero_window:
      return "zero window";
    case Repeat::keep_alive:
      return "keep-alive";
    case Repeat::keep_alive_ack:
      return "keep-alive ACK";
    case Repeat::retransmission:
      return "retransmission";
    case Repeat::out_of_order:
      return "out of order";
    case Repeat::zero_window_probe:
      return "zero window probe";
    case Repeat::reset_after_end:
      return "RST after the end";
  }
  return "";
}

}  // namespace wireproof
