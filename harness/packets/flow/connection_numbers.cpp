#include "packets/flow/connection_numbers.h"

#include <algorithm>
#include <utility>

#include "packets/wire/transport.h"

namespace wireproof {
namespace {

constexpr std::uint8_t kMaxShift = 14;  // RFC 7323 §2.3

bool has(const TcpHeader& header, std::uint16_t flag) {
  return (header.flags & flag) != 0;
}

}  // namespace

std::int64_t ConnectionNumbers::Half::number(std::uint32_t sequence) const {
  if (!has_base) return sequence;
  return reached + sequence_distance(base + static_cast<std::uint32_t>(reached), sequence);
}

void ConnectionNumbers::Half::reach(std::int64_t number) {
  if (number > reached && number - reached <= kMaxWindowBytes) reached = number;
}

// The SYN tells the base; what was reached by numbers that fit no window from it was of another
// one.
void ConnectionNumbers::Half::begin_at(std::uint32_t sequence, std::uint8_t shift) {
  const std::int64_t moved = has_base ? static_cast<std::int32_t>(base - sequence) : 0;
  const std::int64_t top = reached + moved;
  const bool fits = top > 0 && top <= kMaxWindowBytes;
  reached = fits ? top : 1;
  acknowledged = fits && acknowledged != kNothing ? acknowledged + moved : kNothing;
  base = sequence;
  window_shift = shift;
  has_base = true;
  has_syn = true;
  has_sent = true;
}

std::uint8_t ConnectionNumbers::shift_of(const TcpHeader& syn) {
  const TcpOptions options = read_tcp_options(syn.options);
  return options.window_scale ? std::min(*options.window_scale, kMaxShift) : kNoShift;
}

ConnectionNumbers::Opening ConnectionNumbers::opening(Way from, const TcpHeader& header) const {
  if (!has(header, tcp_flag::kSyn) || has(header, tcp_flag::kAck)) return Opening::own;
  const Half& own = half(from);
  if (!own.has_base) return Opening::own;
  if (halves_[0].has_fin() || halves_[1].has_fin() || has_reset()) return Opening::another;
  return header.sequence == own.base ? Opening::own : Opening::undecided;
}

bool ConnectionNumbers::confirms_marked(Way from, const TcpHeader& header) const {
  const Half& own = half(from);
  const Half& other = half(opposite(from));
  const bool opens = has(header, tcp_flag::kSyn);
  // Its answer: SYN, ACK, or the RST of a port that is closed by now.
  const bool is_answer = opens || has(header, tcp_flag::kRst);
  if (is_answer && has(header, tcp_flag::kAck) && other.marked == Half::Mark::syn) {
    return header.acknowledgement == other.mark + 1;
  }
  // Its end goes on behind it: the answer was not captured.
  return !opens && has(header, tcp_flag::kAck) && own.marked == Half::Mark::syn &&
         header.sequence == own.mark + 1;
}

// Whether it is the SYN that the direction's numbers count from, now or from now on.
bool ConnectionNumbers::is_base(const Half& own, const TcpHeader& syn) {
  if (!own.has_base || syn.sequence == own.base) return true;
  return has(syn, tcp_flag::kAck) && !own.has_syn;
}

// RFC 9293 §3.10.7.3: who has sent nothing but a SYN takes an answer that acknowledges it and no
// more than was sent. An ACK alone may have been captured in front of the SYN, ACK, and of what it
// acknowledges: as much as fits a window that is not scaled.
bool ConnectionNumbers::is_acceptable(const Half& opener, const TcpHeader& answer,
                                      std::uint32_t payload_size) {
  constexpr std::int64_t kEarly = 65535;
  const bool opens = has(answer, tcp_flag::kSyn);
  const bool resets = has(answer, tcp_flag::kRst);
  if (!has(answer, tcp_flag::kAck)) return !resets;
  if (!opens && !resets && (payload_size > 0 || has(answer, tcp_flag::kFin))) return true;
  const std::int64_t ack = opener.number(answer.acknowledgement);
  return ack >= 1 && ack <= opener.reached + (opens || resets ? 0 : kEarly);
}

// RFC 9293 §3.10.7.4 with RFC 5961 §3.2: a RST ends the connection if it has the very number that
// its receiver waits for. That is none below what it has acknowledged, and none beyond what was
// sent.
Repeat ConnectionNumbers::reset_refusal(Way from, const TcpHeader& header) const {
  const Half& own = half(from);
  const Half& other = half(opposite(from));
  if (!own.has_base || has_ended()) return Repeat::none;
  // Linux takes the FIN's own number too, as macOS resets with it (tcp_reset_check).
  if (own.has_fin() && header.sequence + 1 == own.mark) return Repeat::none;
  const std::int64_t number = own.number(header.sequence);
  if (number < own.acknowledged || (own.has_syn && number < 1)) return Repeat::out_of_window;
  if (!own.has_sent || number <= own.reached) return Repeat::none;
  // Without both SYNs nobody knows the window.
  const bool knows_window = own.has_syn && other.has_syn;
  const bool is_beyond = knows_window && number > own.reached + other.window_bytes;
  return is_beyond ? Repeat::out_of_window : Repeat::stray_reset;
}

// Besides those: a SYN of another number (RFC 9293 §3.10.7.4, RFC 5961 §4), and what lies farther
// away than a window may reach (RFC 7323 §2.3).
Repeat ConnectionNumbers::refusal(Way from, const TcpHeader& header,
                                  std::uint32_t payload_size) const {
  const Half& own = half(from);
  const Half& other = half(opposite(from));
  const bool is_answer = other.has_syn && !other.has_ack && !own.has_syn;
  if (is_answer && !is_acceptable(other, header, payload_size)) return Repeat::unacceptable_ack;
  if (has(header, tcp_flag::kSyn)) {
    return is_base(own, header) ? Repeat::none : Repeat::stray_syn;
  }
  if (has(header, tcp_flag::kRst)) return reset_refusal(from, header);
  const bool is_old = own.has_sent && own.number(header.sequence) < own.reached - kMaxWindowBytes;
  return is_old ? Repeat::out_of_window : Repeat::none;
}

RelativeNumbers ConnectionNumbers::look(Way from, const TcpHeader& header) const {
  const Half& own = half(from);
  const Half& other = half(opposite(from));
  const bool opens = has(header, tcp_flag::kSyn);
  RelativeNumbers numbers;
  numbers.seq = opens && own.has_base ? 0 : own.number(header.sequence);
  if (has(header, tcp_flag::kAck)) numbers.ack = other.number(header.acknowledgement);
  const bool is_scaled = !opens && own.window_shift != kNoShift && other.window_shift != kNoShift;
  numbers.window_bytes = std::uint32_t{header.window} << (is_scaled ? own.window_shift : 0);
  return numbers;
}

// A SYN is kept in mind: what follows may tell that it counts.
NumberedSegment ConnectionNumbers::pass_by(Way from, const TcpHeader& header, Repeat why) {
  Half& own = half(from);
  if (has(header, tcp_flag::kSyn) && !own.has_fin()) {
    own.marked = has(header, tcp_flag::kAck) ? Half::Mark::syn_ack : Half::Mark::syn;
    own.mark = header.sequence;
    own.later_shift = shift_of(header);
  }
  NumberedSegment segment{look(from, header), why, false};
  if (!own.has_base) segment.numbers.seq = has(header, tcp_flag::kSyn) ? 0 : 1;
  return segment;
}

void ConnectionNumbers::note_sent(Half& own, const TcpHeader& header, std::int64_t seq,
                                  std::uint32_t payload_size) {
  own.has_sent = true;
  own.has_ack = own.has_ack || has(header, tcp_flag::kAck);
  if (has(header, tcp_flag::kRst)) {
    own.has_reset = true;
    return own.reach(seq);  // its data is of no stream (RFC 9293 §3.5.3)
  }
  const std::uint32_t marks =
      (has(header, tcp_flag::kSyn) ? 1U : 0U) + (has(header, tcp_flag::kFin) ? 1U : 0U);
  own.reach(seq + payload_size + marks);
  if (has(header, tcp_flag::kFin)) {
    own.mark = header.sequence + payload_size + marks;
    own.marked = Half::Mark::fin;
  }
}

void ConnectionNumbers::note_acknowledgement(Half& other, const TcpHeader& header,
                                             std::int64_t ack) {
  other.reach(ack);
  if (ack <= other.reached) other.acknowledged = std::max(other.acknowledged, ack);
  if (other.has_fin() && sequence_distance(other.mark, header.acknowledgement) >= 0) {
    other.is_closed = true;
  }
}

NumberedSegment ConnectionNumbers::add(Way from, const TcpHeader& header,
                                       std::uint32_t payload_size, PacketFate fate) {
  if (confirms_opening(from, header)) {
    const Way opener = this->opener(from);
    const Half later = half(opener);
    *this = {};
    half(opener).begin_at(later.mark, later.later_shift);
  }
  const Repeat why = refusal(from, header, payload_size);
  const bool is_lost_reset = has(header, tcp_flag::kRst) && !has_arrived(fate);
  if (why != Repeat::none || is_lost_reset) return pass_by(from, header, why);
  Half& own = half(from);
  Half& other = half(opposite(from));
  const bool acknowledges = has(header, tcp_flag::kAck);
  if (has(header, tcp_flag::kSyn)) own.begin_at(header.sequence, shift_of(header));
  if (!own.has_base) {
    own.base = header.sequence - 1;
    own.has_base = true;
  }
  NumberedSegment result;
  if (acknowledges && other.marked == Half::Mark::syn_ack) {
    if (header.acknowledgement == other.mark + 1) {
      other.begin_at(other.mark, other.later_shift);
      // RFC 9293 §3.10.7.3: a SYN, ACK that is not taken is answered with RST, and the SYN waits
      // on.
      result.takes_reset_back = own.has_reset && !own.has_ack && !has(header, tcp_flag::kRst);
      own.has_reset = own.has_reset && !result.takes_reset_back;
    }
    other.marked = Half::Mark::none;
  }
  if (!other.has_base && acknowledges) {
    other.base = header.acknowledgement - 1;
    other.has_base = true;
  }
  result.numbers = look(from, header);
  note_sent(own, header, result.numbers.seq, payload_size);
  if (acknowledges) {
    note_acknowledgement(other, header, result.numbers.ack);
    own.window_bytes = result.numbers.window_bytes;
  }
  return result;
}

}  // namespace wireproof
