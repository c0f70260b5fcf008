#include "servers/serving/service.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

namespace wireproof {
namespace {

const ServerParameter& find_parameter(const ServerInfo& server, const std::string& name) {
  for (const ServerParameter& parameter : server.parameters) {
    if (parameter.name == name) return parameter;
  }
  std::vector<std::string> names;
  for (const ServerParameter& parameter : server.parameters) names.push_back(parameter.name);
  throw std::invalid_argument(
      fmt::format("server {} has no parameter `{}`; it has {}", server.name, name,
                  names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
}

void check_value(const ServerParameter& parameter, const std::string& value) {
  if (parameter.takes(value)) return;
  throw std::invalid_argument(fmt::format("`{}` is no value of parameter `{}`; it takes {}", value,
                                          parameter.name, fmt::join(parameter.values, ", ")));
}

}  // namespace

Service make_service(const ReferenceServer& server, const ServerParameters& parameters) {
  ServerParameters chosen;
  for (const ServerParameter& parameter : server.info.parameters) {
    chosen[parameter.name] = parameter.values.front();
  }
  for (const auto& [name, value] : parameters) {
    check_value(find_parameter(server.info, name), value);
    chosen[name] = value;
  }
  return server.make(chosen);
}

}  // namespace wireproof
