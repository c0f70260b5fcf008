#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "packets/flow/flow_table.h"
#include "packets/flow/repeat.h"
#include "packets/wire/packet.h"
#include "packets/wire/summary.h"

namespace wireproof {

// RFC 9293 §3.4: how far `to` lies behind `from` modulo 2^32; negative when it lies before.
constexpr std::int32_t sequence_distance(std::uint32_t from, std::uint32_t to) {
  return static_cast<std::int32_t>(to - from);
}

// The largest window that can be offered (RFC 7323 §2.3).
constexpr std::int64_t kMaxWindowBytes = std::int64_t{1} << 30;

// A segment's numbers, and why its receiver refuses it.
struct NumberedSegment {
  RelativeNumbers numbers;
  // stray_syn, stray_reset, out_of_window, unacceptable_ack; `none`: the receiver takes it.
  Repeat refusal = Repeat::none;
  // It follows the later of two SYN, ACKs: the RST that its end had sent was for the other one.
  bool takes_reset_back = false;
};

// The numbers of one TCP connection, packet by packet in the order of the capture: every table,
// judgement and watch counts by them.
//
// The base of a direction is number 0. It is the sequence number of the SYN, whatever was taken for
// it before the SYN was seen; where the capture shows none, one below the first number seen, so
// that the first byte seen is 1 as in Wireshark: of a segment of its own, or of an ACK of the other
// end that came before. What is captured later and lies before that base has numbers of 0 and below
// (Wireshark shows them modulo 2^32): it was sent before what the capture began with, and the base
// of earlier rows cannot be moved.
//
// A later SYN with another number stands for nothing yet. A SYN, ACK becomes the base once the
// other end acknowledges just that number (RFC 9293 §3.5, figure 8: an old duplicate came first). A
// SYN without ACK opens another connection once it is acknowledged; what is answered by the old
// numbers (a challenge ACK, RFC 5961 §4, RFC 9293 figure 9) leaves the connection as it is.
// What its receiver refuses changes nothing else either: it ends nothing and acknowledges nothing.
//
// RFC 9293 §3.4 compares numbers modulo 2^32. A number is read as the one nearest to the highest
// that the direction has reached, so they go on where 32 bits wrap; one that lies further ahead
// than the largest window reaches moves nothing.
//
// Windows are scaled where both SYNs were seen with the option (RFC 7323 §2.2); those of the SYNs
// themselves never are.
class ConnectionNumbers {
 public:
  // What a SYN without ACK is to this connection. A SYN whose number the other end has acknowledged
  // before is only captured late, and its own.
  enum class Opening : std::uint8_t {
    own,       // or no such SYN
    another,   // it was being closed, or reset: a new connection of the same ends (§3.5)
    undecided  // it may be challenged: what follows tells
  };
  Opening opening(Way from, const TcpHeader& header) const;
  // Whether the segment tells that the undecided SYN, which this connection was given, has opened
  // another one: add() then begins anew with that SYN.
  bool confirms_opening(Way from, const TcpHeader& header) const {
    using enum Half::Mark;
    const bool has_undecided = halves_[0].marked == syn || halves_[1].marked == syn;
    return has_undecided && confirms_marked(from, header);
  }
  // Which way that SYN was sent, once a segment of the way `from` has told so.
  Way opener(Way from) const {
    return half(from).marked == Half::Mark::syn ? from : opposite(from);
  }

  // A RST that did not arrive learns nothing either: its receiver goes on.
  NumberedSegment add(Way from, const TcpHeader& header, std::uint32_t payload_size,
                      PacketFate fate = PacketFate::arrived);
  // The numbers alone; learns nothing. Where a direction has no base yet, its numbers stay
  // absolute.
  RelativeNumbers look(Way from, const TcpHeader& header) const;

  // Each end has acknowledged the other's FIN (RFC 9293 §3.6).
  bool are_both_closed() const { return halves_[0].is_closed && halves_[1].is_closed; }
  // The same, or a RST (§3.5.2) that its receiver takes (§3.10.7.4).
  bool has_ended() const { return are_both_closed() || has_reset(); }

 private:
  static constexpr std::uint8_t kNoShift = 255;
  static constexpr std::int64_t kNothing = std::numeric_limits<std::int64_t>::min();

  // There may be half a million entries: it takes no more room than it needs.
  struct Half {
    std::int64_t reached = 0;              // behind all that was sent or acknowledged
    std::int64_t acknowledged = kNothing;  // by the other end: it waits for this number, or a later
    std::uint32_t base = 0;
    std::uint32_t mark = 0;          // of `marked`
    std::uint32_t window_bytes = 0;  // of its last segment, as far as its scale is known
    std::uint8_t window_shift = kNoShift;
    std::uint8_t later_shift = kNoShift;  // of the later one
    // What `mark` is the sequence number of: a later SYN or SYN, ACK, or what follows the FIN.
    enum class Mark : std::uint8_t { none, syn, syn_ack, fin } marked = Mark::none;
    bool has_base : 1 = false;
    bool has_syn : 1 = false;
    bool has_sent : 1 = false;   // anything that was taken
    bool has_ack : 1 = false;    // a segment with ACK among it
    bool is_closed : 1 = false;  // the FIN was acknowledged
    bool has_reset : 1 = false;

    std::int64_t number(std::uint32_t sequence) const;
    void reach(std::int64_t number);
    void begin_at(std::uint32_t sequence, std::uint8_t shift);
    bool has_fin() const { return marked == Mark::fin; }
  };

  bool confirms_marked(Way from, const TcpHeader& header) const;
  static std::uint8_t shift_of(const TcpHeader& syn);
  static bool is_base(const Half& own, const TcpHeader& syn);
  Repeat refusal(Way from, const TcpHeader& header, std::uint32_t payload_size) const;
  Repeat reset_refusal(Way from, const TcpHeader& header) const;
  static bool is_acceptable(const Half& opener, const TcpHeader& answer,
                            std::uint32_t payload_size);
  NumberedSegment pass_by(Way from, const TcpHeader& header, Repeat why);
  static void note_sent(Half& own, const TcpHeader& header, std::int64_t seq,
                        std::uint32_t payload_size);
  static void note_acknowledgement(Half& other, const TcpHeader& header, std::int64_t ack);
  bool has_reset() const { return halves_[0].has_reset || halves_[1].has_reset; }
  Half& half(Way way) { return halves_[way == Way::forward ? 0 : 1]; }
  const Half& half(Way way) const { return halves_[way == Way::forward ? 0 : 1]; }

  std::array<Half, 2> halves_;
};

}  // namespace wireproof
