#include "judge/traffic/cause_map.h"

namespace wireproof {

CauseMap join_causes(const Conversations& conversations, const std::vector<SocketCall>& calls) {
  CauseMap map;
  for (const TcpConnection& connection : conversations.tcp) {
    const std::vector<Cause> causes = infer_causes(connection, calls);
    for (std::size_t i = 0; i < causes.size(); ++i) map[connection.segments[i].packet] = causes[i];
  }
  for (const UdpExchange& exchange : conversations.udp) {
    const std::vector<Cause> causes = infer_causes(exchange, calls);
    for (std::size_t i = 0; i < causes.size(); ++i) map[exchange.datagrams[i].packet] = causes[i];
  }
  return map;
}

}  // namespace wireproof
