#include "expect/path/path_rules.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "expect/match/event_table.h"
#include "packets/wire/transport.h"

namespace wireproof {
namespace {

// A row's packet by the flags that its Info has: as in a table PSH stands for data, and `[ACK]` for
// an acknowledgement alone.
bool has_flags(const Row& row, const Packet& packet) {
  const TcpHeader* const tcp = packet.tcp();
  if (tcp == nullptr) return false;
  constexpr std::uint16_t kKinds = tcp_flag::kSyn | tcp_flag::kFin | tcp_flag::kRst;
  if ((tcp->flags & kKinds) != (row.flags & kKinds)) return false;
  const bool opens = (row.flags & tcp_flag::kSyn) != 0;
  if (opens && ((tcp->flags ^ row.flags) & tcp_flag::kAck) != 0) return false;
  if (is_acknowledgement(row)) return packet.payload_size == 0;
  return !has_bytes(row) || packet.payload_size > 0;
}

bool is_of_kind(const Row& row, const Packet& packet) {
  switch (row.kind) {
    case RowKind::tcp:
      return has_flags(row, packet);
    case RowKind::udp:
      return packet.udp() != nullptr;
    case RowKind::port_unreachable:
      return packet.icmp() != nullptr && is_port_unreachable(*packet.icmp());
    case RowKind::anything:
      break;
  }
  return true;
}

// Of what was sent in fragments the first has the length of all (RFC 768).
std::uint64_t whole_size(const Packet& packet) {
  constexpr std::uint64_t kHeaderSize = 8;
  const UdpHeader* const udp = packet.udp();
  const bool is_first = udp != nullptr && packet.ip->is_fragment() && udp->length >= kHeaderSize;
  return is_first ? udp->length - kHeaderSize : packet.payload_size;
}

bool fits_row(const Row& row, const LayoutSet& layouts, const Packet& packet) {
  if (!is_of_kind(row, packet)) return false;
  if (row.length && !row.length->contains(whole_size(packet))) return false;
  if (!row.payload) return true;
  Variables none;
  return !compare_message(*row.payload, layouts, none, packet.payload);
}

bool names(const PathChoice& which, std::uint64_t number) {
  if (which.every != 0) return number % which.every == 0;
  return which.ranges.empty() || std::ranges::any_of(which.ranges, [number](const Range& range) {
           return range.contains(number);
         });
}

// A number from 0 up to 1 for each seed and place: the last step of SplitMix64.
double spread(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  value ^= value >> 31;
  constexpr double kRange = 18446744073709551616.0;  // 2^64
  return static_cast<double>(value) / kRange;
}

std::size_t index_of(Side side) {
  return side == Side::client ? 0 : 1;
}

}  // namespace

PathRules::PathRules(std::vector<PathRule> rules, const PathConditions& conditions,
                     const LayoutSet& layouts, ActorAt actor_at)
    : rules_(std::move(rules)),
      conditions_(conditions),
      layouts_(layouts),
      actor_at_(std::move(actor_at)),
      uses_(rules_.size()) {}

bool PathRules::is_about(const PathRule& rule, const Packet& packet, Side from) const {
  if (rule.from && *rule.from != from) return false;
  if (!rule.client.empty() && packet.ip) {
    const std::string actor =
        actor_at_(from == Side::client ? packet.ip->source : packet.ip->destination);
    if (actor != rule.client) return false;
  }
  switch (rule.packets) {
    case PathPackets::any:
      return true;
    case PathPackets::data:
      return (packet.tcp() != nullptr || packet.udp() != nullptr) && packet.payload_size > 0;
    case PathPackets::row:
      break;
  }
  return fits_row(rule.row, layouts_, packet);
}

// All rules count what they are about, also behind the one that acts.
const PathRule* PathRules::find_rule(const Packet& packet, Side from) {
  const PathRule* found = nullptr;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (!is_about(rules_[i], packet, from)) continue;
    PathUse& use = uses_[i];
    ++use.met;
    if (found != nullptr || !names(rules_[i].which, use.met)) continue;
    if (!fits_action(packet, rules_[i].action)) continue;
    ++use.acted;
    found = &rules_[i];
  }
  return found;
}

bool PathRules::is_unlucky(const Lane& lane, Side from) const {
  constexpr double kPercent = 100;
  if (conditions_.loss_percent <= 0) return false;
  const std::uint64_t place = (lane.sent << 1) | index_of(from);
  return spread(place ^ (conditions_.loss_seed * 0x9e3779b97f4a7c15)) * kPercent <
         conditions_.loss_percent;
}

// When the packet comes out; nothing where the queue has no room for it.
std::optional<Duration> PathRules::leave(Lane& lane, std::size_t size, Duration now) const {
  if (!conditions_.rate_bits_per_second) return now + conditions_.delay;
  while (!lane.leaving.empty() && lane.leaving.front() <= now) lane.leaving.pop_front();
  // The first one is on its way; the others wait.
  const bool is_full = conditions_.queue_packets &&
                       lane.leaving.size() > static_cast<std::size_t>(*conditions_.queue_packets);
  if (is_full) return std::nullopt;
  constexpr double kBitsPerByte = 8;
  const double seconds = static_cast<double>(size) * kBitsPerByte /
                         static_cast<double>(*conditions_.rate_bits_per_second);
  const auto takes = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  lane.free_at = std::max(lane.free_at, now) + takes;
  lane.leaving.push_back(lane.free_at);
  return lane.free_at + conditions_.delay;
}

PathRules::Choice PathRules::choose(const Packet& packet, Side from) {
  Lane& lane = lanes_[index_of(from)];
  const bool is_fragment = packet.ip && packet.ip->is_fragment();
  const bool is_later = is_fragment && packet.ip->fragment_offset_bytes != 0 && fragmented_ &&
                        fragmented_->source == packet.ip->source &&
                        fragmented_->identification == packet.ip->identification;
  if (is_later) {
    Choice choice = fragmented_->choice;
    choice.is_later_fragment = true;
    return choice;
  }
  Choice choice{find_rule(packet, from)};
  choice.is_lost = choice.rule == nullptr && is_unlucky(lane, from);
  ++lane.sent;
  if (is_fragment) fragmented_ = {packet.ip->source, packet.ip->identification, choice};
  return choice;
}

// A swapped packet waits, and what went before it goes first.
void PathRules::swap(const Choice& choice, Lane& lane, PathTurn& turn) const {
  const bool waits = choice.rule != nullptr && choice.rule->action.deed == PathDeed::swap &&
                     (lane.held.empty() || choice.is_later_fragment);
  if (waits) {
    lane.waiting.push_back({passed_, choice.rule->number});
    std::ranges::move(turn.deliveries, std::back_inserter(lane.held));
    turn.deliveries.clear();
    return;
  }
  const Duration behind = turn.deliveries.empty() ? Duration::zero() : turn.deliveries.back().at;
  for (PathDelivery& held : lane.held) {
    held.at = std::max(held.at, behind);
    turn.deliveries.push_back(std::move(held));
  }
  lane.held.clear();
  lane.waiting.clear();
}

std::vector<PathHeld> PathRules::held() const {
  std::vector<PathHeld> all;
  for (const Lane& lane : lanes_) {
    all.insert(all.end(), lane.waiting.begin(), lane.waiting.end());
  }
  return all;
}

PathTurn PathRules::pass(const Packet& packet, Side from, Duration now) {
  Lane& lane = lanes_[index_of(from)];
  const Choice choice = choose(packet, from);
  PathTurn turn;
  if (choice.is_lost) {
    turn.fate = PacketFate::lost;
  } else if (choice.rule == nullptr) {
    turn.deliveries.push_back(
        {Bytes(packet.raw.bytes.begin(), packet.raw.bytes.end()), other_side(from), {}});
  } else {
    turn = alter_packet(packet, from, choice.rule->action);
  }
  // Only the first fragment is answered (RFC 1122 §3.2.2).
  if (choice.is_later_fragment && turn.fate == PacketFate::lost) turn.deliveries.clear();
  const bool goes_on = std::ranges::any_of(
      turn.deliveries, [from](const PathDelivery& delivery) { return delivery.to != from; });
  Duration out = now;
  if (goes_on) {
    const auto leaves = leave(lane, packet.raw.bytes.size(), now);
    if (!leaves) {
      ++passed_;
      return {PacketFate::lost, {}};
    }
    out = *leaves;
  }
  for (PathDelivery& delivery : turn.deliveries) delivery.at += out;
  swap(choice, lane, turn);
  ++passed_;
  return turn;
}

}  // namespace wireproof
