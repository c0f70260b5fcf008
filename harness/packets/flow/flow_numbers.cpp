#include "packets/flow/flow_numbers.h"

#include <algorithm>
#include <utility>

#include "packets/wire/tcp_options.h"

namespace wireproof {
namespace {

constexpr std::size_t kFirstSlotCount = 1024;
constexpr std::uint8_t kMaxShift = 14;  // RFC 7323 §2.3

bool has(const TcpHeader& header, std::uint16_t flag) {
  return (header.flags & flag) != 0;
}

}  // namespace

FlowNumbers::Flow* FlowNumbers::Table::find(const FlowKey& key, std::uint64_t hash) {
  if (slots_.empty()) return nullptr;
  const std::size_t mask = slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  for (std::size_t index = home(tag); slots_[index].position != 0; index = (index + 1) & mask) {
    Flow& flow = flows_[slots_[index].position - 1];
    if (slots_[index].tag == tag && flow.key == key) return &flow;
  }
  return nullptr;
}

FlowNumbers::Flow& FlowNumbers::Table::insert(const Flow& flow, std::uint64_t hash) {
  if (2 * (flows_.size() + 1) > slots_.size()) grow();
  flows_.push_back(flow);
  insert_slot(
      Slot{static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(flows_.size())});
  return flows_.back();
}

void FlowNumbers::Table::insert_slot(Slot slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t index = home(slot.tag);
  while (slots_[index].position != 0) index = (index + 1) & mask;
  slots_[index] = slot;
}

void FlowNumbers::Table::grow() {
  std::vector<Slot> old(std::max(kFirstSlotCount, 2 * slots_.size()));
  std::swap(old, slots_);
  for (const Slot& slot : old) {
    if (slot.position != 0) insert_slot(slot);
  }
}

void FlowNumbers::Table::clear() {
  slots_.clear();
  flows_.clear();
}

FlowNumbers::FlowNumbers(std::size_t max_flows)
    : max_per_table_(std::max<std::size_t>(1, max_flows / 2)) {}

// The packets of one conversation often come in a row.
FlowNumbers::Flow& FlowNumbers::flow_of(const FlowKey& key) {
  if (latest_ == nullptr || latest_->key != key) latest_ = &look_up(key);
  return *latest_;
}

FlowNumbers::Flow& FlowNumbers::look_up(const FlowKey& key) {
  const std::uint64_t hash = hash_flow_key(key);
  Flow* const found = recent_.find(key, hash);
  if (found != nullptr) return *found;
  if (recent_.size() == max_per_table_) {
    std::swap(recent_, older_);
    recent_.clear();
  }
  const Flow* const earlier = older_.find(key, hash);
  if (earlier != nullptr) return recent_.insert(*earlier, hash);
  Flow flow;
  flow.key = key;
  return recent_.insert(flow, hash);
}

void FlowNumbers::note_syn(Flow& flow, End& from, const TcpHeader& header) {
  const bool opens = !has(header, tcp_flag::kAck);
  const bool is_repeat = from.base == header.sequence && !flow.closing;
  if (opens && from.has_base && !is_repeat) {
    flow.ends = {};
    flow.closing = false;
  }
  const TcpOptions options = read_tcp_options(header.options);
  from.window_shift = options.window_scale ? std::min(*options.window_scale, kMaxShift) : kNoShift;
}

void FlowNumbers::note_bases(End& from, End& to, const TcpHeader& header) {
  if (!from.has_base) {
    from.base = has(header, tcp_flag::kSyn) ? header.sequence : header.sequence - 1;
    from.has_base = true;
  }
  if (!to.has_base && has(header, tcp_flag::kAck)) {
    to.base = header.acknowledgement - 1;
    to.has_base = true;
  }
}

RelativeNumbers FlowNumbers::number(const IpInfo& ip, const TcpHeader& header) {
  const DirectedKey directed = flow_key(ip, header.source_port, header.destination_port);
  Flow& flow = flow_of(directed.key);
  const bool is_forward = directed.direction == Direction::forward;
  End& from = flow.ends[is_forward ? 0 : 1];
  End& to = flow.ends[is_forward ? 1 : 0];

  if (!ip.is_fragment()) {
    if (has(header, tcp_flag::kSyn)) note_syn(flow, from, header);
    note_bases(from, to, header);
    if (has(header, tcp_flag::kFin) || has(header, tcp_flag::kRst)) flow.closing = true;
  }

  RelativeNumbers numbers;
  numbers.seq = header.sequence - from.base;
  if (has(header, tcp_flag::kAck)) numbers.ack = header.acknowledgement - to.base;
  const bool scaled =
      !has(header, tcp_flag::kSyn) && from.window_shift != kNoShift && to.window_shift != kNoShift;
  numbers.window_bytes = std::uint32_t{header.window} << (scaled ? from.window_shift : 0);
  return numbers;
}

}  // namespace wireproof
