#pragma once

#include <linux/netlink.h>

#include <functional>
#include <memory>
#include <string>

struct mnl_socket;

namespace wireproof {

// One netlink socket in the network namespace that the process is in when it is made.
class Netlink {
 public:
  // `bus` is NETLINK_ROUTE, NETLINK_SOCK_DIAG, … Throws SystemError.
  explicit Netlink(int bus);
  ~Netlink();
  Netlink(const Netlink&) = delete;
  Netlink& operator=(const Netlink&) = delete;

  // Sends one request and hands on every answer until the last or the acknowledgement. A refusal
  // throws SystemError naming the attempt.
  void request(nlmsghdr& message, const std::string& attempt,
               const std::function<void(const nlmsghdr&)>& on_answer);

 private:
  mnl_socket* socket_;
  unsigned int sequence_ = 0;
};

}  // namespace wireproof
