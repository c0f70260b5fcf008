#include "servers/protocols/server_info.h"

#include <algorithm>
#include <array>

namespace wireproof {
namespace {

constexpr std::array kWays = {ServeWay::threads, ServeWay::select, ServeWay::serial,
                              ServeWay::fork};

}  // namespace

std::string_view render_serve_way(ServeWay way) {
  switch (way) {
    case ServeWay::threads:
      return "threads";
    case ServeWay::select:
      return "select";
    case ServeWay::serial:
      return "serial";
    case ServeWay::fork:
      return "fork";
  }
  return "";
}

std::optional<ServeWay> parse_serve_way(std::string_view text) {
  const auto* const found = std::ranges::find(kWays, text, render_serve_way);
  if (found == kWays.end()) return std::nullopt;
  return *found;
}

const std::vector<std::string>& serve_way_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> result;
    for (const ServeWay way : kWays) result.emplace_back(render_serve_way(way));
    return result;
  }();
  return kNames;
}

bool ServerParameter::takes(const std::string& value) const {
  return any_text || std::ranges::find(values, value) != values.end();
}

const ServerParameter* ServerInfo::find_parameter(const std::string& wanted) const {
  const auto found = std::ranges::find(parameters, wanted, &ServerParameter::name);
  return found == parameters.end() ? nullptr : &*found;
}

}  // namespace wireproof
