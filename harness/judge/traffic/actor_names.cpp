#include "judge/traffic/actor_names.h"

#include <algorithm>

namespace wireproof {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<std::string> actor_names(const Scenario& scenario) {
  std::vector<std::string> names;
  if (scenario.session) {
    for (std::uint64_t i = 1; i <= scenario.session->group_size; ++i) {
      names.push_back("c" + std::to_string(i));
    }
    for (const std::string& actor : scenario.session->actors) {
      if (actor != "each" && !contains(names, actor)) names.push_back(actor);
    }
    return names;
  }
  for (const PacketTable& table : scenario.packet_tables) {
    if (!table.name.empty() && !contains(names, table.name)) names.push_back(table.name);
    if (!table.name.empty()) continue;
    for (const Row& row : table.rows) {
      if (!row.client.empty() && !contains(names, row.client)) names.push_back(row.client);
    }
  }
  return names;
}

bool actor_uses_udp(const Scenario& scenario, const std::string& actor, bool server_has_tcp) {
  switch (scenario.front.transport.value_or(server_has_tcp ? Transport::tcp : Transport::udp)) {
    case Transport::tcp:
      return false;
    case Transport::udp:
      return true;
    case Transport::tcp_udp:
      return actor.starts_with("udp");
  }
  return false;
}

std::string client_number(const std::string& actor) {
  const bool numbered = actor.size() > 1 && actor[0] == 'c' &&
                        actor.find_first_not_of("0123456789", 1) == std::string::npos;
  return numbered ? actor.substr(1) : "1";
}

}  // namespace wireproof
