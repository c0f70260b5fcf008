#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "packets/flow/stream_bytes.h"
#include "packets/wire/packet.h"

namespace wireproof {

// An IP packet that was put together of its fragments.
struct WholePacket {
  Packet packet;  // views `bytes`; its `raw` is that of the fragment that came last
  Bytes bytes;    // the IP payload
  std::vector<std::size_t> parts;  // indexes of the fragments, in the order in which they came
};

// Fragments of a packet that did not become whole: indexes in the order in which they came.
struct BrokenPacket {
  std::uint8_t protocol = 0;    // the transport's number, as far as the fragments tell
  std::optional<Packet> first;  // the fragment with the transport's header, when it was captured
  std::vector<std::size_t> parts;
};

// Puts IPv4 and IPv6 packets together (RFC 791 §3.2, RFC 8200 §4.5). A packet that is not whole
// 60 s (RFC 8200 §4.5) after its first fragment came is given up, and so is the oldest one where
// too many wait. A fragment that snaplen cut makes none whole.
//
// A fragment that comes twice counts once. Others that overlap make their packet void, as do two
// ends: it is given up, and what belongs to it until then as well.
//   IPv6  RFC 8200 §4.5 (RFC 5722): no host takes such a packet.
//   IPv4  only where they differ: which bytes a host takes depends on its system (RFC 791 §3.2 the
//         later ones, BSD the first, Linux none), so the capture does not show them. Where the same
//         place comes again with other bytes, the identification is used again (RFC 6864 §4): the
//         older packet is given up, and another one begins.
class FragmentJoiner {
 public:
  static constexpr std::size_t kMaxPending = 64;
  static constexpr Duration kPatience = std::chrono::seconds(60);

  // `packet` is a fragment; the packet that it makes whole.
  std::optional<WholePacket> add(std::size_t index, const Packet& packet);
  // All that is not whole, in the order in which it began.
  std::vector<BrokenPacket> take_broken();
  // For those who do not ask what was given up.
  void forget_broken() { broken_.clear(); }

 private:
  // RFC 791 tells packets apart by the protocol too, RFC 8200 §4.5 does not. The last one: its
  // VLAN.
  using Key = std::tuple<IpAddress, IpAddress, std::uint8_t, std::uint32_t, VlanPath>;

  struct Pending {
    SeenRanges seen;  // byte k of the IP payload is at position k + 1
    StreamBytes bytes;
    std::vector<PositionRange> pieces;  // what came, at most one for 8 bytes
    std::optional<std::size_t> size;    // of the IP payload, once its last fragment is there
    std::optional<Packet> later;        // one that does not begin the packet
    BrokenPacket parts;
    Timestamp began{};
    bool is_void = false;
  };

  enum class Fit : std::uint8_t { fresh, repeated, conflicting, reused };
  static Fit fit(const Packet& packet, const Pending& pending);
  static void add_piece(const Packet& packet, Pending& pending);
  static WholePacket join(Pending& pending, const Packet& last);
  std::map<Key, Pending>::iterator find_pending(const Packet& packet);
  void give_up(std::map<Key, Pending>::iterator pending);
  void make_room(Timestamp now);

  std::map<Key, Pending> pending_;
  std::vector<BrokenPacket> broken_;
};

}  // namespace wireproof
