#pragma once

#include <cstdint>
#include <string>

namespace wireproof {

// What a segment that contributes nothing new is. `none`: it contributes.
enum class Repeat : std::uint8_t {
  none,
  pure_ack,        // acknowledges something new
  duplicate_ack,   // RFC 5681 §2, all five conditions
  window_update,   // same ack, another window
  zero_window,     // announces a window of 0
  keep_alive,      // RFC 9293 §3.8.4: one position below the next, at most one byte
  keep_alive_ack,  // the answer to it
  retransmission,  // all its positions were sent before, by an earlier packet
  out_of_order,    // fills a hole that later positions left: it contributes, but late
  zero_window_probe,
  reset_after_end,  // both FINs were acknowledged, or it was reset: RST has nothing left to end
  repeated_ack,     // acknowledges nothing new, and is none of the above
  out_of_window,    // RFC 9293 §3.10.7.4: its receiver drops it
  stray_syn,  // of another number than the connection's: its receiver challenges it (RFC 5961)
  fast_retransmission,      // three duplicate ACKs asked for it (RFC 5681 §3.2)
  spurious_retransmission,  // all of it was acknowledged already
  late_retransmission,      // like out_of_order, but sent again: its first copy was not captured
  window_probe_byte,        // a zero window probe with the next byte: it contributes that
  window_probe_ack,         // the answer to a zero window probe: the window is still 0
  conflicting_repeat,       // a retransmission with other bytes than before
  conflicting_overlap,      // contributes, and repeats others with other bytes than before
  stray_reset,       // a RST within the window, not at its edge: it is challenged (RFC 5961 §3.2);
                     // or one that was for another SYN, ACK than the one that was followed
  unacceptable_ack,  // does not acknowledge a SYN that has no answer yet (RFC 9293 §3.10.7.3)
};
constexpr Repeat kLastRepeat = Repeat::unacceptable_ack;

// Whether a segment of the kind contributes something new all the same.
constexpr bool contributes(Repeat repeat) {
  return repeat == Repeat::none || repeat == Repeat::out_of_order ||
         repeat == Repeat::late_retransmission || repeat == Repeat::window_probe_byte ||
         repeat == Repeat::conflicting_overlap;
}
// Whether its bytes were sent before, by the packet that was captured or one that was not.
constexpr bool is_retransmission(Repeat repeat) {
  return repeat == Repeat::retransmission || repeat == Repeat::fast_retransmission ||
         repeat == Repeat::spurious_retransmission || repeat == Repeat::late_retransmission ||
         repeat == Repeat::conflicting_repeat;
}

// Whether it acknowledges what was acknowledged before, with the same window: also what asks for
// that (RFC 9293 §3.8.4, §3.8.6.1), and the answer to it. Some of these may carry a byte.
constexpr bool is_acknowledgement_again(Repeat repeat) {
  return repeat == Repeat::duplicate_ack || repeat == Repeat::repeated_ack ||
         repeat == Repeat::keep_alive || repeat == Repeat::keep_alive_ack ||
         repeat == Repeat::zero_window_probe || repeat == Repeat::window_probe_ack;
}

// Whether its receiver drops it, whatever it has: it ends nothing and acknowledges nothing.
constexpr bool is_refused(Repeat repeat) {
  return repeat == Repeat::out_of_window || repeat == Repeat::stray_syn ||
         repeat == Repeat::stray_reset || repeat == Repeat::unacceptable_ack;
}

// "pure ACK", "duplicate ACK", …
std::string render_repeat(Repeat repeat);

}  // namespace wireproof
