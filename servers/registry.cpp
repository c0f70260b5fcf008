#include "servers/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "base/system/deadline.h"
#include "base/system/process.h"
#include "servers/faults/misconduct.h"
#include "servers/protocols/reference_servers.h"
#include "servers/serving/listen.h"

namespace wireproof {
namespace {

ListenOptions listen_options(const ServerInfo& server, const ServeOptions& options) {
  ListenOptions result;
  result.host = options.host;
  if (options.tcp_port != 0) result.tcp_port = options.tcp_port;
  if (options.udp_port != 0) result.udp_port = options.udp_port;
  result.way = options.way.value_or(server.way);
  if (options.print) {
    // stdio locks the stream for each call, so lines of different threads do not mix.
    result.log = [](const std::string& line) {
      std::fputs((line + "\n").c_str(), stdout);
      std::fflush(stdout);
    };
  }
  return result;
}

void check_transports(const ServerInfo& server, const ServeOptions& options) {
  if (options.tcp_port == 0 && options.udp_port == 0) {
    throw std::invalid_argument(fmt::format("server {} was given no port", server.name));
  }
  if (options.tcp_port != 0 && server.tcp_port == 0) {
    throw std::invalid_argument(fmt::format("server {} does not speak TCP", server.name));
  }
  if (options.udp_port != 0 && server.udp_port == 0) {
    throw std::invalid_argument(fmt::format("server {} does not speak UDP", server.name));
  }
}

}  // namespace

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
  const auto found = std::ranges::find(servers, name, &ServerInfo::name);
  return found == servers.end() ? nullptr : &*found;
}

int serve(const ServerInfo& server, const ServeOptions& options) {
  const ReferenceServer* const reference = find_reference_server(server.name);
  if (reference == nullptr) {
    throw std::invalid_argument(fmt::format("there is no server {}", server.name));
  }
  check_transports(server, options);
  Service service = make_service(*reference, options.parameters);
  service.conduct.patience = options.patience;
  for (const std::string& fault : options.faults) {
    service = with_fault(std::move(service), server, fault);
  }
  service = with_variant(std::move(service), server, options.variant);
  const StopSignals stop;  // held back for the threads that serve, too
  const Listener listener(service, listen_options(server, options));
  if (options.on_ready) options.on_ready();
  await_readable(stop.fd(), Deadline::never(), "wait for the end of the server");
  return 0;
}

}  // namespace wireproof
