#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "packets/flow/reassembler.h"
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
class FragmentJoiner {
 public:
  static constexpr std::size_t kMaxPending = 64;
  static constexpr Duration kPatience = std::chrono::seconds(60);

  // `packet` is a fragment; the packet that it makes whole.
  std::optional<WholePacket> add(std::size_t index, const Packet& packet);
  // All that is not whole, in the order in which it began.
  std::vector<BrokenPacket> take_broken();

 private:
  // RFC 791 tells packets apart by the protocol too, RFC 8200 §4.5 does not.
  using Key = std::tuple<IpAddress, IpAddress, std::uint8_t, std::uint32_t>;

  struct Pending {
    Reassembler bytes;                // byte k of the IP payload is at position k + 1
    std::optional<std::size_t> size;  // of the IP payload, once its last fragment is there
    std::optional<Packet> later;      // one that does not begin the packet
    BrokenPacket parts;
    Timestamp began{};
  };

  static void add_piece(const Packet& packet, Pending& pending);
  static WholePacket join(Pending& pending, const Packet& last);
  void give_up(std::map<Key, Pending>::iterator pending);
  void make_room(Timestamp now);

  std::map<Key, Pending> pending_;
  std::vector<BrokenPacket> broken_;
};

}  // namespace wireproof
