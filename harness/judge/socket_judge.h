#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/system/socket_address.h"
#include "judge/traffic/evidence.h"
#include "sheet/scenario.h"

namespace wireproof {

// Who is behind the ends of sockets. What it points to outlives it.
struct SocketOwners {
  std::uint16_t tcp_port = 0;  // the server's
  std::uint16_t udp_port = 0;
  const std::vector<ActorEndpoint>* actors = nullptr;
  const std::vector<std::string>* programs = nullptr;  // actors that are programs
  std::uint64_t group_size = 0;                        // of `each`: c1…cN
  const ServingActors* serving = nullptr;              // null: there are none

  // "server", an actor, the programs that an unknown client's end may belong to ("a or b"), else
  // empty. A socket that has no peer has the remote name "".
  std::string name_local(const SocketEntry& socket) const;
  std::string name_remote(const SocketEntry& socket) const;
  // Whether a row's Local or Remote ("server", "alice", "each", "*") can be that end.
  bool fits_local(const std::string& label, const SocketEntry& socket) const;
  bool fits_remote(const std::string& label, const SocketEntry& socket) const;
};

// A row with fewer sockets than it counts.
struct MissingSockets {
  std::size_t row = 0;
  std::uint64_t found = 0;

  bool operator==(const MissingSockets&) const = default;
};

// The multiset of rows against that of sockets: as many sockets as possible have a row, each
// socket at most one.
struct SocketComparison {
  std::vector<MissingSockets> missing;
  std::vector<std::size_t> extra;  // indexes of the sockets that no row has a place for

  bool equal() const { return missing.empty() && extra.empty(); }
  bool operator==(const SocketComparison&) const = default;
};

SocketComparison compare_sockets(const std::vector<SocketRow>& rows,
                                 std::span<const SocketEntry> sockets, const SocketOwners& owners);

// The snapshots with names for their ends, as reports show them.
std::vector<SocketSnapshot> name_snapshots(const Scenario& scenario, const Evidence& evidence);

}  // namespace wireproof
