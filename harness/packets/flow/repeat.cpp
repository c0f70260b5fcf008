#include "packets/flow/repeat.h"

namespace wireproof {

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
    case Repeat::repeated_ack:
      return "repeated ACK";
    case Repeat::out_of_window:
      return "outside of the window";
    case Repeat::stray_syn:
      return "SYN in an open connection";
    case Repeat::fast_retransmission:
      return "fast retransmission";
    case Repeat::spurious_retransmission:
      return "spurious retransmission";
    case Repeat::late_retransmission:
      return "retransmission of what was not captured";
    case Repeat::window_probe_byte:
      return "zero window probe with the next byte";
    case Repeat::window_probe_ack:
      return "zero window probe ACK";
    case Repeat::conflicting_repeat:
      return "retransmission with other bytes";
    case Repeat::conflicting_overlap:
      return "overlaps earlier bytes with others";
    case Repeat::stray_reset:
      return "RST that ends nothing";
    case Repeat::unacceptable_ack:
      return "does not acknowledge the SYN";
  }
  return "";
}

}  // namespace wireproof
