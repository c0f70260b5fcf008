#pragma once

#include <linux/netlink.h>

#include <functional>
#include <string>

namespace wireproof {

// Sends one request by a netlink socket of its own, in the network namespace that the process is
// in, and hands on every answer until the last or the acknowledgement. `bus` is NETLINK_ROUTE,
// NETLINK_SOCK_DIAG, … Throws SystemError; a refusal names the attempt.
void ask_netlink(int bus, nlmsghdr& message, const std::string& attempt,
                 const std::function<void(const nlmsghdr&)>& on_answer);

}  // namespace wireproof
