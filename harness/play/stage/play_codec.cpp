#include "play/stage/play_codec.h"

#include <cstdint>
#include <nlohmann/json.hpp>

namespace wireproof {

std::string write_play(const Play& play) {
  nlohmann::json json;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  json["scenario"] = reinterpret_cast<std::uintptr_t>(play.scenario);
  json["repeat"] = play.repeat;
  json["parameters"] = play.parameters;
  if (play.timeout) json["timeout"] = play.timeout->count();
  json["command"] = play.command;
  json["folder"] = play.folder.string();
  // A command may hold any bytes; what is not UTF-8 must come out as it went in.
  const std::vector<std::uint8_t> bytes = nlohmann::json::to_msgpack(json);
  return {bytes.begin(), bytes.end()};
}

Play read_play(std::string_view text) {
  const nlohmann::json json = nlohmann::json::from_msgpack(text);
  Play play;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of this process
  play.scenario = reinterpret_cast<const Scenario*>(json["scenario"].get<std::uintptr_t>());
  play.repeat = json["repeat"];
  play.parameters = json["parameters"].get<std::map<std::string, std::string>>();
  if (json.contains("timeout")) play.timeout = Duration(json["timeout"].get<Duration::rep>());
  play.command = json["command"];
  play.folder = json["folder"].get<std::string>();
  return play;
}

}  // namespace wireproof
