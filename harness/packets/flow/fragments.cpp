#include "packets/flow/fragments.h"

#include <algorithm>
#include <utility>

namespace wireproof {
namespace {

constexpr std::size_t kMaxIpBytes = 65535;

}  // namespace

void FragmentJoiner::add_piece(const Packet& packet, Pending& pending) {
  const ByteView piece = packet.ip->fragment_bytes;
  const std::size_t offset = packet.ip->fragment_offset_bytes;
  if (packet.is_cut() || piece.empty() || offset + piece.size() > kMaxIpBytes) return;
  const auto begin = static_cast<std::int64_t>(offset) + 1;
  const auto end = begin + static_cast<std::int64_t>(piece.size());
  for (const PositionRange part : pending.bytes.add({begin, end})) {
    pending.bytes.store(part, begin, piece);
  }
  if (!packet.ip->more_fragments) pending.size = offset + piece.size();
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

std::optional<WholePacket> FragmentJoiner::add(std::size_t index, const Packet& packet) {
  const IpInfo& ip = *packet.ip;
  const bool is_v4 = ip.source.version == IpVersion::v4;
  const Key key{ip.source, ip.destination, is_v4 ? ip.protocol : std::uint8_t{0},
                ip.identification};
  const auto old = pending_.find(key);
  if (old == pending_.end() || packet.raw.time - old->second.began > kPatience) {
    make_room(packet.raw.time);
  }
  const auto [entry, is_new] = pending_.try_emplace(key);
  Pending& pending = entry->second;
  if (is_new) pending.began = packet.raw.time;
  pending.parts.parts.push_back(index);
  if (is_new || ip.fragment_offset_bytes == 0) pending.parts.protocol = ip.protocol;
  (ip.fragment_offset_bytes == 0 ? pending.parts.first : pending.later) = packet;
  add_piece(packet, pending);
  if (!pending.parts.first || !pending.later || !pending.size) return std::nullopt;
  const auto end = static_cast<std::int64_t>(*pending.size) + 1;
  if (pending.bytes.top() != end || !pending.bytes.gaps({1, end}).empty()) return std::nullopt;
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
