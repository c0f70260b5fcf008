#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

#include "packets/capture/pcap_file.h"
#include "packets/flow/connection_numbers.h"
#include "packets/flow/fragments.h"

namespace wireproof {

// What a capture has of two endpoints, one of them on the server's port: one connection, or several
// where nobody can tell yet whether a SYN opened another one (split_flow).
struct CapturedFlow {
  PacketStore packets;
  std::vector<std::uint64_t> numbers;  // of each in the capture, from 1
  Endpoint client;                     // where both ends have the port: who is seen first
  bool has_ended = false;              // with a RST, or a FIN of each end that was acknowledged
  bool may_lack = false;               // packets since its first one that are nobody's may be of it
  bool is_ambiguous = false;  // alone it is not the connection that it is beside the flow's others
};

// Parts a capture into the connections to one port while it is read. Packets are kept as long as
// their connection is open, and of one that has ended until kStragglers others have come, or there
// is no room: what is sent again, and a RST for it, may come late.
class ConnectionSplit {
 public:
  static constexpr std::uint64_t kStragglers = 65536;
  using Take = std::function<void(CapturedFlow flow)>;

  // `limits` holds for what is kept at one time.
  ConnectionSplit(std::uint16_t port, Take take, const StoreLimits& limits = {})
      : port_(port), take_(std::move(take)), limits_(limits) {}

  // The next packet of the capture, which is decoded. False: more than the limits would have to be
  // kept, and this one is not.
  bool add(const Packet& packet);
  // Behind the last packet: hands over what is left, in the order of the first packets.
  void finish();

  // Packets that may be of some connection to the port, and of which it was not captured enough to
  // tell which: their headers are cut; fragments that make no whole.
  std::uint64_t cut_packets() const { return cut_packets_; }
  std::uint64_t broken_fragments() const { return broken_fragments_ + fragment_bytes_.size(); }
  // Looks at connections that have ended that are still to come.
  std::size_t waiting() const { return ended_.size(); }

 private:
  struct Flow {
    CapturedFlow captured;
    ConnectionNumbers numbers;
    bool waits = false;  // in ended_
  };
  struct Ended {
    FlowKey key;
    std::uint64_t first = 0;  // what was kept of it first: a later one of its ends has another
    std::uint64_t due = 0;    // the packet at which it is looked at again
  };
  using StoredFragments = std::map<std::uint64_t, PacketStore>;  // by number
  struct Hash {
    std::size_t operator()(const FlowKey& key) const { return hash_flow_key(key); }
  };
  using Flows = std::unordered_map<FlowKey, Flow, Hash>;

  static constexpr std::size_t kMostFragments = 4096;

  bool has_room() const { return kept_packets_ < limits_.packets && kept_bytes_ < limits_.bytes; }
  // The last packet, or fragment, of which nobody knows whose it is; 0: there is none.
  std::uint64_t last_unknown() const;
  bool is_served(const TransportPorts& ports) const {
    return ports.source == port_ || ports.destination == port_;
  }
  void add_fragment(const Packet& packet);
  void add_cut(const Packet& packet);
  // A segment, and what it came in where that were fragments.
  void add_tcp(const Packet& packet, const StoredFragments& fragments = {});
  Flow& flow_of(const Packet& packet, const FlowPlace& place);
  void keep(Flow& flow, const RawPacket& raw, std::uint64_t number);
  void hand_over(Flows::iterator flow);
  void hand_over_ended();

  std::uint16_t port_;
  Take take_;
  StoreLimits limits_;
  std::uint64_t number_ = 0;  // of the last packet
  std::size_t kept_packets_ = 0;
  std::size_t kept_bytes_ = 0;
  Flows flows_;
  std::deque<Ended> ended_;
  FragmentJoiner fragments_;
  StoredFragments fragment_bytes_;  // of what is not whole
  std::uint64_t cut_packets_ = 0;
  std::uint64_t broken_fragments_ = 0;  // besides those
  std::uint64_t last_lost_ = 0;         // the last one of these two kinds
};

// The connections of a flow, each with all that was captured of it; one of a single connection is
// given back as it is.
std::vector<CapturedFlow> split_flow(CapturedFlow flow, std::uint16_t port);

}  // namespace wireproof
