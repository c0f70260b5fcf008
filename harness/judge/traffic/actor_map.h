#pragma once

#include <string>
#include <vector>

#include "judge/traffic/evidence.h"
#include "packets/flow/tcp_connection.h"
#include "sheet/scenario.h"

namespace wireproof {

// The conversations of one actor, in the order in which it opened them. They point into the
// Conversations that the map was made from.
struct ActorConversations {
  std::string actor;
  std::vector<const TcpConnection*> tcp;
  std::vector<const UdpExchange*> udp;
};

// Whose conversation is whose: by the endpoints that the session noted. A conversation of nobody
// is in `strangers`.
struct ActorMap {
  std::vector<ActorConversations> actors;
  std::vector<const TcpConnection*> strangers;

  const ActorConversations* find(const std::string& actor) const;
  // The actor of an endpoint, empty when it is nobody's.
  std::string actor_at(const Endpoint& endpoint) const;
};

// The actors' endpoints, and those of the programs among them: conversations that no client of
// the sheet opened belong to the sheet's only program; of several programs the first started has
// the first such conversation, the next the next, and the last one all that are left.
std::vector<ActorEndpoint> claim_programs(const Conversations& conversations,
                                          const Evidence& evidence);

ActorMap map_actors(const Conversations& conversations,
                    const std::vector<ActorEndpoint>& endpoints);

// The names that a scenario's packet tables and session give to clients, in the order of their
// connecting: declared actors, else the tables' labels.
std::vector<std::string> actor_names(const Scenario& scenario);

// The `{n}` of an actor: its number in the session; without one 7 of `c7`, else "1".
std::string client_number(const SessionPlan& plan, const std::string& actor);

// A table's label for a client as an actor: the actor itself where there is one of that name, else
// (a port number, `client` beside a named actor) the actors without label in their order.
class LabelResolver {
 public:
  LabelResolver(const PacketTable& table, const std::vector<std::string>& actors);
  const std::string& actor(const std::string& label) const;

 private:
  std::vector<std::pair<std::string, std::string>> labels_;
};

}  // namespace wireproof
