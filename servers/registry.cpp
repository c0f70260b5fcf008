#include "servers/registry.h"

#include <algorithm>

#include "servers/faults/misconduct.h"
#include "servers/protocols/calc.h"
#include "servers/protocols/echo_both.h"
#include "servers/protocols/echo_chunks.h"
#include "servers/protocols/echo_once.h"
#include "servers/protocols/echo_text.h"
#include "servers/protocols/echo_threads.h"
#include "servers/protocols/print_udp.h"
#include "servers/protocols/record.h"
#include "servers/protocols/record_sized.h"
#include "servers/protocols/reverse.h"
#include "servers/protocols/upper.h"
#include "servers/serving/service.h"

namespace wireproof {
namespace {

// One line per server, in the order of their names.
const std::vector<ReferenceServer>& all_servers() {
  static const std::vector<ReferenceServer> kServers = {
      calc_server(),          //
      echo_both_server(),     //
      echo_chunks_server(),   //
      echo_once_server(),     //
      echo_select_server(),   //
      echo_text_server(),     //
      echo_threads_server(),  //
      print_udp_server(),     //
      record_server(),        //
      record_sized_server(),  //
      reverse_server(),       //
      upper_tcp_server(),     //
      upper_udp_server(),     //
  };
  return kServers;
}

}  // namespace

bool ServerParameter::takes(const std::string& value) const {
  return any_text || std::find(values.begin(), values.end(), value) != values.end();
}

const std::vector<ServerInfo>& reference_servers() {
  static const std::vector<ServerInfo> kInfos = [] {
    std::vector<ServerInfo> result;
    for (const ReferenceServer& server : all_servers()) {
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

const ReferenceServer* find_reference_server(const std::string& name) {
  for (const ReferenceServer& server : all_servers()) {
    if (server.info.name == name) return &server;
  }
  return nullptr;
}

}  // namespace wireproof
