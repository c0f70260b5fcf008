#include "judge/traffic/actor_names.h"

#include <algorithm>

namespace wireproof {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

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

}  // namespace wireproof
