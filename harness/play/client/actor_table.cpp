#include "play/client/actor_table.h"

#include <algorithm>

namespace wireproof {
namespace {

constexpr std::uint64_t kAddressesPerBlock = 250;

// 127.0.0.2 … 127.0.0.251, then 127.0.1.1 … 127.0.1.250, 127.0.2.1 …: the whole of 127/8 is
// loopback (RFC 1122 §3.2.1.3 (g)).
Endpoint own_address(std::uint64_t number) {
  const std::uint64_t block = (number - 1) / kAddressesPerBlock;
  const std::uint64_t in_block = (number - 1) % kAddressesPerBlock;
  Endpoint endpoint;
  endpoint.address.bytes[0] = 127;
  endpoint.address.bytes[1] = static_cast<std::uint8_t>(block >> 8);
  endpoint.address.bytes[2] = static_cast<std::uint8_t>(block);
  endpoint.address.bytes[3] = static_cast<std::uint8_t>(in_block + (block == 0 ? 2 : 1));
  return endpoint;
}

bool uses_tcp(const Scenario& scenario, const PlayOptions& options, const std::string& name) {
  if (!scenario.front.transport) return options.tcp_port != 0;
  switch (*scenario.front.transport) {
    case Transport::tcp:
      return true;
    case Transport::udp:
      return false;
    case Transport::tcp_udp:
      return !name.starts_with("udp");
  }
  return true;
}

void add_name(const std::string& name, std::vector<std::string>& names) {
  if (name == "each" || name == "server") return;
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

void add_step_actors(const std::vector<Step>& steps, std::vector<std::string>& names) {
  for (const Step& step : steps) {
    if (const auto* repeat = std::get_if<StepRepeat>(&step.action)) {
      add_step_actors(repeat->steps, names);
    } else if (!std::holds_alternative<StepServer>(step.action)) {
      add_name(step.actor, names);
    }
  }
}

}  // namespace

std::vector<ActorPlan> plan_actors(const Scenario& scenario, const PlayOptions& options) {
  const SessionScript& script = *scenario.session;
  std::vector<std::string> names;
  for (std::uint64_t k = 1; k <= script.group_size; ++k) names.push_back("c" + std::to_string(k));
  for (const std::string& name : script.actors) add_name(name, names);
  add_step_actors(script.steps, names);
  std::vector<ActorPlan> actors;
  for (const std::string& name : names) {
    ActorPlan actor;
    actor.name = name;
    actor.number = actors.size() + 1;
    actor.in_group = actor.number <= script.group_size;
    actor.tcp = uses_tcp(scenario, options, name);
    actor.server.address = options.server;
    actor.server.port = actor.tcp ? options.tcp_port : options.udp_port;
    if (options.own_client_addresses && options.server.version == IpVersion::v4) {
      actor.local = own_address(actor.number);
    } else if (options.client_address) {
      actor.local = Endpoint{*options.client_address, 0};
    }
    actors.push_back(std::move(actor));
  }
  return actors;
}

}  // namespace wireproof
