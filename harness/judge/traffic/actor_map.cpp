#include "judge/traffic/actor_map.h"

#include <algorithm>

namespace wireproof {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

ActorConversations& actor_entry(std::vector<ActorConversations>& actors, const std::string& name) {
  for (ActorConversations& entry : actors) {
    if (entry.actor == name) return entry;
  }
  actors.push_back({name, {}, {}});
  return actors.back();
}

const ActorEndpoint* owner(const std::vector<ActorEndpoint>& endpoints, const Endpoint& client,
                           bool tcp) {
  const auto found =
      std::find_if(endpoints.begin(), endpoints.end(),
                   [&](const ActorEndpoint& end) { return end.tcp == tcp && end.local == client; });
  return found == endpoints.end() ? nullptr : &*found;
}

}  // namespace

const ActorConversations* ActorMap::find(const std::string& actor) const {
  for (const ActorConversations& entry : actors) {
    if (entry.actor == actor) return &entry;
  }
  return nullptr;
}

std::string ActorMap::actor_at(const Endpoint& endpoint) const {
  for (const ActorConversations& entry : actors) {
    for (const TcpConnection* connection : entry.tcp) {
      if (connection->client == endpoint) return entry.actor;
    }
    for (const UdpExchange* exchange : entry.udp) {
      if (exchange->client == endpoint) return entry.actor;
    }
  }
  return {};
}

std::vector<ActorEndpoint> claim_programs(const Conversations& conversations,
                                          const Evidence& evidence) {
  std::vector<ActorEndpoint> endpoints = evidence.actors;
  if (evidence.programs.empty()) return endpoints;
  std::size_t next = 0;
  const auto claim = [&](const Endpoint& client, bool tcp) {
    if (owner(endpoints, client, tcp) != nullptr) return;
    endpoints.push_back({evidence.programs[next], client, tcp});
    next = std::min(next + 1, evidence.programs.size() - 1);
  };
  for (const TcpConnection& connection : conversations.tcp) claim(connection.client, true);
  for (const UdpExchange& exchange : conversations.udp) claim(exchange.client, false);
  return endpoints;
}

ActorMap map_actors(const Conversations& conversations,
                    const std::vector<ActorEndpoint>& endpoints) {
  ActorMap map;
  for (const ActorEndpoint& end : endpoints) actor_entry(map.actors, end.actor);
  for (const TcpConnection& connection : conversations.tcp) {
    const ActorEndpoint* end = owner(endpoints, connection.client, true);
    if (end == nullptr) {
      map.strangers.push_back(&connection);
    } else {
      actor_entry(map.actors, end->actor).tcp.push_back(&connection);
    }
  }
  for (const UdpExchange& exchange : conversations.udp) {
    const ActorEndpoint* end = owner(endpoints, exchange.client, false);
    if (end != nullptr) actor_entry(map.actors, end->actor).udp.push_back(&exchange);
  }
  return map;
}

std::vector<std::string> actor_names(const Scenario& scenario) {
  std::vector<std::string> names;
  if (scenario.session) {
    for (SheetActor& actor : session_actors(*scenario.session)) {
      names.push_back(std::move(actor.name));
    }
    return names;
  }
  for (const PacketTable& table : scenario.packet_tables) {
    if (!table.name.empty() && !contains(names, table.name)) names.push_back(table.name);
    if (!table.name.empty()) continue;
    for (const PlacedRow& placed : table.rows) {
      const std::string& client = placed.row.client;
      if (!client.empty() && !contains(names, client)) names.push_back(client);
    }
  }
  return names;
}

std::string client_number(const SessionPlan& plan, const std::string& actor) {
  if (const SheetActor* const own = plan.find(actor)) return std::to_string(own->number);
  const bool numbered = actor.size() > 1 && actor[0] == 'c' &&
                        actor.find_first_not_of("0123456789", 1) == std::string::npos;
  return numbered ? actor.substr(1) : "1";
}

LabelResolver::LabelResolver(const PacketTable& table, const std::vector<std::string>& actors) {
  std::vector<std::string> labels;
  for (const PlacedRow& placed : table.rows) {
    const std::string& client = placed.row.client;
    if (!client.empty() && !contains(labels, client)) labels.push_back(client);
  }
  std::vector<std::string> free_actors;
  for (const std::string& actor : actors) {
    if (!contains(labels, actor)) free_actors.push_back(actor);
  }
  std::size_t next = 0;
  for (const std::string& label : labels) {
    if (contains(actors, label) || next == free_actors.size()) {
      labels_.emplace_back(label, label);
    } else {
      labels_.emplace_back(label, free_actors[next++]);
    }
  }
}

const std::string& LabelResolver::actor(const std::string& label) const {
  for (const auto& [known, actor] : labels_) {
    if (known == label) return actor;
  }
  return label;
}

}  // namespace wireproof
