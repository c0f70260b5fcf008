#include "packets/flow/fragments.h"

#include <algorithm>
#include <utility>

namespace wireproof {
namespace {

constexpr std::int64_t kMaxIpBytes = 65535;

// Positions: byte k of the IP payload is at k + 1.
PositionRange range_of(const IpInfo& fragment) {
  const std::int64_t begin = std::int64_t{fragment.fragment_offset_bytes} + 1;
  return {begin, begin + static_cast<std::int64_t>(fragment.fragment_bytes.size())};
}

}  // namespace

// How a fragment stands to those that came before it.
FragmentJoiner::Fit FragmentJoiner::fit(const Packet& packet, const Pending& pending) {
  const PositionRange range = range_of(*packet.ip);
  const bool is_v4 = packet.ip->source.version == IpVersion::v4;
  const bool is_same_place = std::ranges::find(pending.pieces, range) != pending.pieces.end();
  const bool overlaps = pending.seen.gaps(range) != std::vector<PositionRange>{range};
  const bool differs = pending.bytes.differ(range.begin, packet.ip->fragment_bytes);
  const bool is_last = !packet.ip->more_fragments;
  const std::int64_t end =
      pending.size ? static_cast<std::int64_t>(*pending.size) + 1 : kMaxIpBytes + 1;
  const bool has_other_end = is_last ? pending.size.has_value() && range.end != end : false;
  if (is_v4 && is_same_place && differs) return Fit::reused;
  if (has_other_end || range.end > end || (is_last && pending.seen.top() > range.end)) {
    return Fit::conflicting;
  }
  if (is_same_place && !differs) return Fit::repeated;
  return overlaps && (!is_v4 || differs) ? Fit::conflicting : Fit::fresh;
}

void FragmentJoiner::add_piece(const Packet& packet, Pending& pending) {
  const PositionRange range = range_of(*packet.ip);
  if (packet.is_cut() || range.begin == range.end || range.end > kMaxIpBytes + 1) return;
  const Fit found = fit(packet, pending);
  if (found == Fit::conflicting) pending.is_void = true;
  if (found != Fit::fresh || pending.is_void) return;
  for (const PositionRange part : pending.seen.add(range)) {
    pending.bytes.store(part, range.begin, packet.ip->fragment_bytes);
  }
  pending.pieces.push_back(range);
  if (!packet.ip->more_fragments) pending.size = static_cast<std::size_t>(range.end - 1);
}

WholePacket FragmentJoiner::join(Pending& pending, const Packet& last) {
  WholePacket whole;
  ZeroBudget none;  // it is whole
  whole.bytes = pending.bytes.take_stream(none);
  whole.packet = decode_whole_packet(*pending.later, whole.bytes);
  whole.packet.raw = last.raw;
  whole.parts = std::move(pending.parts.parts);
  return whole;
}

void FragmentJoiner::give_up(std::map<Key, Pending>::iterator pending) {
  broken_.push_back(std::move(pending->second.parts));
  pending_.erase(pending);
}

void FragmentJoiner::make_room(Timestamp now) {
  for (auto each = pending_.begin(); each != pending_.end();) {
    const auto old = each++;
    if (now - old->second.began > kPatience) give_up(old);
  }
  if (pending_.size() < kMaxPending) return;
  give_up(std::ranges::min_element(
      pending_, {}, [](const auto& entry) { return entry.second.parts.parts.front(); }));
}

// What the fragment belongs to, a new one where there is none.
std::map<FragmentJoiner::Key, FragmentJoiner::Pending>::iterator FragmentJoiner::find_pending(
    const Packet& packet) {
  const IpInfo& ip = *packet.ip;
  const bool is_v4 = ip.source.version == IpVersion::v4;
  const Key key{ip.source, ip.destination, is_v4 ? ip.protocol : std::uint8_t{0}, ip.identification,
                packet.vlan};
  auto old = pending_.find(key);
  if (old != pending_.end() && fit(packet, old->second) == Fit::reused) {
    give_up(old);
    old = pending_.end();
  }
  if (old == pending_.end() || packet.raw.time - old->second.began > kPatience) {
    make_room(packet.raw.time);
  }
  const auto [entry, is_new] = pending_.try_emplace(key);
  if (is_new) entry->second.began = packet.raw.time;
  return entry;
}

std::optional<WholePacket> FragmentJoiner::add(std::size_t index, const Packet& packet) {
  const IpInfo& ip = *packet.ip;
  const auto entry = find_pending(packet);
  Pending& pending = entry->second;
  if (pending.parts.parts.empty() || ip.fragment_offset_bytes == 0) {
    pending.parts.protocol = ip.protocol;
  }
  pending.parts.parts.push_back(index);
  (ip.fragment_offset_bytes == 0 ? pending.parts.first : pending.later) = packet;
  add_piece(packet, pending);
  if (pending.is_void || !pending.parts.first || !pending.later || !pending.size) {
    return std::nullopt;
  }
  const auto end = static_cast<std::int64_t>(*pending.size) + 1;
  if (pending.seen.top() != end || !pending.seen.gaps({1, end}).empty()) return std::nullopt;
  std::optional<WholePacket> whole = join(pending, packet);
  pending_.erase(entry);
  return whole;
}

std::vector<BrokenPacket> FragmentJoiner::take_broken() {
  while (!pending_.empty()) give_up(pending_.begin());
  std::ranges::sort(broken_, {}, [](const BrokenPacket& broken) { return broken.parts.front(); });
  return std::move(broken_);
}

}  // namespace wireproof
