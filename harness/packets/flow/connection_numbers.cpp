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
  const std::int64_t top = has_base ? reached + static_cast<std::int32_t>(base - sequence) : 0;
  reached = top >= 0 && top <= kMaxWindowBytes ? top : 0;
  base = sequence;
  window_shift = shift;
  has_base = true;
  has_syn = true;
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

bool ConnectionNumbers::is_beyond_window(Way from, std::int64_t number) const {
  const Half& own = half(from);
  const Half& other = half(opposite(from));
  return own.has_syn && other.has_syn && number > own.reached + other.window_bytes;
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

void ConnectionNumbers::note_syn(Half& own, const TcpHeader& header) {
  const bool is_answer = has(header, tcp_flag::kAck);
  const bool is_base = own.has_base && header.sequence == own.base;
  if (!own.has_base || is_base || (is_answer && !own.has_syn)) {
    return own.begin_at(header.sequence, shift_of(header));
  }
  if (own.has_fin()) return;
  own.marked = is_answer ? Half::Mark::syn_ack : Half::Mark::syn;
  own.mark = header.sequence;
  own.later_shift = shift_of(header);
}

void ConnectionNumbers::note_acknowledgement(Half& other, const TcpHeader& header,
                                             std::int64_t ack) {
  other.reach(ack);
  if (other.has_fin() && sequence_distance(other.mark, header.acknowledgement) >= 0) {
    other.is_closed = true;
  }
}

RelativeNumbers ConnectionNumbers::add(Way from, const TcpHeader& header,
                                       std::uint32_t payload_size) {
  if (confirms_opening(from, header)) {
    const Way opener = this->opener(from);
    const Half later = half(opener);
    *this = {};
    half(opener).begin_at(later.mark, later.later_shift);
  }
  Half& own = half(from);
  Half& other = half(opposite(from));
  const bool opens = has(header, tcp_flag::kSyn);
  const bool acknowledges = has(header, tcp_flag::kAck);
  if (opens) note_syn(own, header);
  if (!own.has_base) {
    own.base = header.sequence - 1;
    own.has_base = true;
  }
  if (acknowledges && other.marked == Half::Mark::syn_ack &&
      header.acknowledgement == other.mark + 1) {
    other.begin_at(other.mark, other.later_shift);
    other.marked = Half::Mark::none;
  }
  if (!other.has_base && acknowledges) {
    other.base = header.acknowledgement - 1;
    other.has_base = true;
  }
  const RelativeNumbers numbers = look(from, header);
  const bool resets = has(header, tcp_flag::kRst);
  if (resets && is_beyond_window(from, numbers.seq)) return numbers;
  own.has_reset = own.has_reset || resets;
  own.reach(numbers.seq);
  if (acknowledges) {
    note_acknowledgement(other, header, numbers.ack);
    own.window_bytes = numbers.window_bytes;
  }
  if (has(header, tcp_flag::kFin)) {
    own.mark = header.sequence + payload_size + 1 + (opens ? 1 : 0);
    own.marked = Half::Mark::fin;
  }
  return numbers;
}

}  // namespace wireproof
