#include "servers/serving_faults.h"

namespace wireproof {
namespace {

bool speaks_tcp(const ServerInfo& server) {
  return server.tcp_port != 0;
}

}  // namespace

const std::vector<ServingFault>& serving_faults() {
  static const std::vector<ServingFault> faults = {
      {{"reset-on-close", "closes with RST instead of FIN (SO_LINGER 0)", "reset-abort"},
       speaks_tcp,
       [](Conduct& conduct) { conduct.reset_on_close = true; }},
  };
  return faults;
}

}  // namespace wireproof
