#include "judge/traffic/table_rows.h"

#include <algorithm>
#include <map>
#include <set>

#include "judge/traffic/traffic.h"

namespace wireproof {
namespace {

bool opens_connection(const Row& row) {
  return row.kind == RowKind::tcp && row.from == Side::client && !row.again &&
         (row.flags & tcp_flag::kSyn) != 0 && (row.flags & tcp_flag::kAck) == 0;
}

void add_row(std::vector<ActorRows>& groups, const std::string& actor, const Row& row,
             std::size_t index) {
  auto found = std::ranges::find_if(groups, [&](const ActorRows& group) {
    return group.actor == actor && group.server == row.server;
  });
  if (found == groups.end()) found = groups.insert(groups.end(), {actor, {}, row.server});
  found->rows.add(row, index);
}

// A table's label for a client as an actor: the actor itself where there is one of that name, else
// (a port number, `client` beside a named actor) the actors without label in their order. A label
// that no actor is left for is one itself.
std::map<std::string, std::string> resolve_labels(const PacketTable& table,
                                                  const std::vector<std::string>& actors) {
  std::set<std::string> labels;
  for (const PlacedRow& placed : table.rows) labels.insert(placed.row.client);
  std::vector<std::string> free_actors;
  std::ranges::copy_if(actors, std::back_inserter(free_actors),
                       [&](const std::string& actor) { return !labels.contains(actor); });
  std::map<std::string, std::string> resolved;
  for (const std::string& actor : actors) resolved.emplace(actor, actor);
  resolved.emplace(kServerName, kServerName);  // a client of actors with the server's part
  std::size_t next = 0;
  for (const auto& [row, place] : table.rows) {
    const bool is_known = row.client.empty() || resolved.contains(row.client);
    if (!is_known && next < free_actors.size()) resolved[row.client] = free_actors[next++];
  }
  return resolved;
}

}  // namespace

bool is_udp(const Row& row) {
  return row.kind == RowKind::udp || row.kind == RowKind::port_unreachable;
}

std::vector<ActorRows> rows_by_actor(const PacketTable& table, const Scenario& scenario) {
  const std::vector<std::string> actors = actor_names(scenario);
  const std::map<std::string, std::string> labels = resolve_labels(table, actors);
  const std::uint64_t group_size = scenario.session ? scenario.session->group_size : 0;
  std::vector<ActorRows> groups;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const Row& row = table.rows[i].row;
    const std::string& label = table.name.empty() ? row.client : table.name;
    if (label == "each") {
      for (std::uint64_t n = 1; n <= group_size; ++n) {
        add_row(groups, "c" + std::to_string(n), row, i);
      }
    } else if (label.empty() && row.kind == RowKind::anything) {
      for (const std::string& actor : actors) add_row(groups, actor, row, i);
    } else {
      const auto actor = labels.find(label);
      const bool is_other = table.name.empty() && actor != labels.end();
      add_row(groups, is_other ? actor->second : label, row, i);
    }
  }
  return groups;
}

std::vector<RowGroup> split_connections(const RowGroup& all, std::size_t connection_count) {
  std::vector<RowGroup> groups;
  bool has_syn = false;
  for (std::size_t i = 0; i < all.rows.size(); ++i) {
    const bool opens = opens_connection(all.rows[i]);
    if (groups.empty() || (opens && has_syn && connection_count > 1)) {
      groups.emplace_back();
      has_syn = false;
    }
    has_syn = has_syn || opens;
    groups.back().add(all.rows[i], all.indexes[i]);
  }
  return groups;
}

}  // namespace wireproof
