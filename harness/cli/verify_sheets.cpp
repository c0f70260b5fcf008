#include "cli/verify_sheets.h"

#include <algorithm>

#include "cli/server_table.h"

namespace wireproof {

namespace {

std::string value_of(const std::map<std::string, std::string>& values,
                     const ServerParameter& parameter) {
  const auto given = values.find(parameter.name);
  if (given != values.end()) return given->second;
  return parameter.values.empty() ? "" : parameter.values.front();
}

}  // namespace

VerifySettings split_settings(const ServerInfo& server, const std::vector<std::string>& settings) {
  VerifySettings result;
  for (const std::string& setting : settings) {
    const auto [name, value] = *read_settings({setting}).begin();
    if (std::ranges::find(server.parameters, name, &ServerParameter::name) ==
        server.parameters.end()) {
      result.sheet.push_back(setting);
    } else {
      result.form[name] = value;
    }
  }
  return result;
}

bool is_about(const FrontMatter& front, const ServerInfo& server,
              const std::map<std::string, std::string>& form) {
  if (front.server != server.name || !front.command.empty()) return false;
  for (const std::string_view own : {kServeParameter, kFaultParameter, kVariantParameter}) {
    if (front.parameters.contains(std::string(own))) return false;
  }
  return std::ranges::all_of(server.parameters, [&](const ServerParameter& parameter) {
    return value_of(front.parameters, parameter) == value_of(form, parameter);
  });
}

}  // namespace wireproof
