#include "servers/registry.h"

#include <algorithm>

#include "servers/faults/misconduct.h"
#include "servers/protocols/reference_servers.h"

namespace wireproof {

const std::vector<ServerInfo>& reference_servers() {
  static const std::vector<ServerInfo> kInfos = [] {
    std::vector<ServerInfo> result;
    for (const ReferenceServer& server : all_reference_servers()) {
      ServerInfo& info = result.emplace_back(server.info);
      info.faults = faults_of(info);
      info.variants = variants_of(info);
    }
    return result;
  }();
  return kInfos;
}

const ServerInfo* find_server(const std::string& name) {
  const std::vector<ServerInfo>& servers = reference_servers();
  const auto found = std::find_if(servers.begin(), servers.end(),
                                  [&](const ServerInfo& info) { return info.name == name; });
  return found == servers.end() ? nullptr : &*found;
}

}  // namespace wireproof
