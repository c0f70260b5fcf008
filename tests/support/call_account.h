#pragma once

#include <span>
#include <string>
#include <vector>

#include "packets/flow/socket_call.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

// The check of calls.md that the join holds both ways, on a connection of which both sides were
// traced from its first packet on and that was let go on until both programs had ended:
// - every byte of a packet belongs to exactly one sending call, which was entered before the packet
//   left; every byte that a sending call returned is in a packet, unless a RST ended the
//   connection;
// - every byte belongs to at most one receiving call that did not peek, and that call returned
//   after the packet came;
// - every FIN has a call that ends the sending; every RST a call, an exit, or the kernel's reason.
// What does not hold, a sentence each; empty when all does.
std::vector<std::string> check_calls_account_for(const TcpConnection& connection,
                                                 std::span<const SocketCall> calls);

}  // namespace wireproof
