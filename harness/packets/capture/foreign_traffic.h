#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "packets/wire/packet.h"

namespace wireproof {

// Of what a server sends to itself, or anybody beside the sheet, no more than this is kept.
constexpr std::size_t kMostForeignPackets = 10000;
constexpr std::size_t kMostForeignBytes = std::size_t{4} << 20;

// Tells packets that no row of a sheet can speak of, so that those leave room for the others:
// between two ports of which neither is the server's, nor one that has spoken with it (an answer
// may come from another port). ICMP errors go with the packet that they quote.
class ForeignTraffic {
 public:
  // Without any port nothing is foreign.
  explicit ForeignTraffic(const std::vector<std::uint16_t>& server_ports);

  // For each packet once, in their order: false where it is foreign and the limits are reached,
  // which is counted.
  bool keeps(const Packet& packet);
  std::uint64_t left_out() const { return left_out_; }

 private:
  using PortSet = std::bitset<65536>;

  bool is_foreign(const Packet& packet);

  PortSet server_ports_;
  PortSet partner_ports_;
  std::size_t packets_ = 0;  // kept
  std::size_t bytes_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace wireproof
