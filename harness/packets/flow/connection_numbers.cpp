#include "packets/flow/connection_numbers.h"

#include <algorithm>
#include <utility>

#include "packets/wire/transport.h"

namespace wireproof {
namespace {

constexpr std::uint8_t kMaxShift = 14;                           // RFC 7323 §2.3
constexpr std::int64_t kMaxWindowBytes = std::int64_t{1} << 30;  // the same

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

bool ConnectionNumbers::is_another_opening(Way from, const TcpHeader& header) const {
  if (!has(header, tcp_flag::kSyn) || has(header, tcp_flag::kAck)) return false;
  const Half& own = half(from);
  if (!own.has_base) return false;
  const bool is_closing = halves_[0].has_fin || halves_[1].has_fin || has_reset();
  return is_closing || header.sequence != own.base;
}

RelativeNumbers ConnectionNumbers::look(Way from, const TcpHeader& header) const {
  const Half& own = half(from);
  const Half& other = half(opposite(from));
  RelativeNumbers numbers;
  numbers.seq = own.number(header.sequence);
  if (has(header, tcp_flag::kAck)) numbers.ack = other.number(header.acknowledgement);
  const bool is_scaled = !has(header, tcp_flag::kSyn) && own.window_shift != kNoShift &&
                         other.window_shift != kNoShift;
  numbers.window_bytes = std::uint32_t{header.window} << (is_scaled ? own.window_shift : 0);
  return numbers;
}

RelativeNumbers ConnectionNumbers::add(Way from, const TcpHeader& header,
                                       std::uint32_t payload_size) {
  Half& own = half(from);
  Half& other = half(opposite(from));
  const bool opens = has(header, tcp_flag::kSyn);
  const bool acknowledges = has(header, tcp_flag::kAck);
  if (!own.has_base) {
    own.base = opens ? header.sequence : header.sequence - 1;
    own.has_base = true;
  }
  if (!other.has_base && acknowledges) {
    other.base = header.acknowledgement - 1;
    other.has_base = true;
  }
  if (opens) {
    const TcpOptions options = read_tcp_options(header.options);
    own.window_shift = options.window_scale ? std::min(*options.window_scale, kMaxShift) : kNoShift;
  }
  const RelativeNumbers numbers = look(from, header);
  own.reach(numbers.seq);
  if (acknowledges) {
    other.reach(numbers.ack);
    if (other.has_fin && sequence_distance(other.fin_end, header.acknowledgement) >= 0) {
      other.is_closed = true;
    }
  }
  if (has(header, tcp_flag::kFin)) {
    own.fin_end = header.sequence + payload_size + 1 + (opens ? 1 : 0);
    own.has_fin = true;
  }
  if (has(header, tcp_flag::kRst)) own.has_reset = true;
  return numbers;
}

FlowNumbers::FlowNumbers(std::size_t max_flows)
    : max_per_table_(std::max<std::size_t>(1, max_flows / 2)) {}

// The packets of one connection often come in a row.
ConnectionNumbers& FlowNumbers::numbers_of(const FlowKey& key) {
  if (latest_ == nullptr || latest_->key != key) latest_ = &look_up(key);
  return latest_->value;
}

FlowNumbers::Table::Entry& FlowNumbers::look_up(const FlowKey& key) {
  const std::uint64_t hash = hash_flow_key(key);
  Table::Entry* const found = recent_.find(key, hash);
  if (found != nullptr) return *found;
  if (recent_.size() == max_per_table_) {
    std::swap(recent_, older_);
    recent_.clear();
  }
  const Table::Entry* const earlier = older_.find(key, hash);
  return recent_.insert(earlier != nullptr ? *earlier : Table::Entry{key, {}}, hash);
}

RelativeNumbers FlowNumbers::number(const Packet& packet) {
  const TcpHeader& header = *packet.tcp();
  const FlowPlace place = find_flow(packet.ip->source, header.source_port, packet.ip->destination,
                                    header.destination_port);
  ConnectionNumbers& numbers = numbers_of(place.key);
  if (packet.ip->is_fragment()) return numbers.look(place.way, header);
  if (numbers.is_another_opening(place.way, header)) numbers = {};
  return numbers.add(place.way, header, packet.payload_size);
}

}  // namespace wireproof
