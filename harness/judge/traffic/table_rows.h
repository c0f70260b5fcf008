#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sheet/scenario.h"

namespace wireproof {

// Rows of a table, with their indexes in it.
struct RowGroup {
  std::vector<Row> rows;
  std::vector<std::size_t> indexes;

  void add(const Row& row, std::size_t index) {
    rows.push_back(row);
    indexes.push_back(index);
  }

  bool operator==(const RowGroup&) const = default;
};

// Those of the connections between a client and the server, or an actor with the server's part. In
// the table of such an actor: of all that it accepts, and the actor is itself.
struct ActorRows {
  std::string actor;
  RowGroup rows;
  std::string server{};  // the actor at the server's end; empty: the server

  bool operator==(const ActorRows&) const = default;
};

bool is_udp(const Row& row);

// Whose rows they are, actors in the order of their first rows. A row of `each` is every client's
// of the group; `…` without a client is every actor's.
std::vector<ActorRows> rows_by_actor(const PacketTable& table, const Scenario& scenario);

// An actor with several connections has a `[SYN]` row for each: its rows are cut there.
std::vector<RowGroup> split_connections(const RowGroup& all, std::size_t connection_count);

}  // namespace wireproof
