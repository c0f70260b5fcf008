#pragma once

#include <string>
#include <vector>

#include "packets/flow/tcp_connection.h"

namespace wireproof {

// "client", "server".
const char* side_name(Side side);

// For a beginner: a sentence for each segment of a connection, what it is for, why it has this
// acknowledgement number and PSH, with the section of the RFC that the rule is in.
std::vector<std::string> explain_segments(const TcpConnection& connection);
// The same of each datagram of an exchange.
std::vector<std::string> explain_datagrams(const UdpExchange& exchange);

}  // namespace wireproof
