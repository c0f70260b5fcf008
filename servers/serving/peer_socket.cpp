#include "servers/serving/peer_socket.h"

#include <fmt/format.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <fstream>
#include <sstream>
#include <string>

#include "base/system/deadline.h"

namespace wireproof {
namespace {

using AskName = int (*)(int, sockaddr*, socklen_t*);

// As /proc/net/tcp writes an end of a socket: the address as this machine reads its four bytes.
// Empty: it is none of IPv4.
std::string proc_name(int fd, AskName ask) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  // The sockets' own interface.
  if (ask(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  if (address.sin_family != AF_INET) return {};
  return fmt::format("{:08X}:{:04X}", address.sin_addr.s_addr, ntohs(address.sin_port));
}

// Whether that socket of this network has nothing to read; true where there is none.
bool is_read(const std::string& local, const std::string& remote) {
  std::ifstream sockets("/proc/thread-self/net/tcp");
  for (std::string line; std::getline(sockets, line);) {
    std::istringstream fields(line);
    std::string number;
    std::string own;
    std::string other;
    std::string state;
    std::string queues;  // TX:RX, in hexadecimal
    fields >> number >> own >> other >> state >> queues;
    if (own == local && other == remote) return queues.ends_with(":00000000");
  }
  return true;
}

}  // namespace

bool has_read_all(int fd) {
  int unacknowledged = 0;
  if (::ioctl(fd, SIOCOUTQ, &unacknowledged) != 0) return true;
  const std::string own = proc_name(fd, ::getsockname);
  const std::string peer = proc_name(fd, ::getpeername);
  if (own.empty() || peer.empty()) return true;
  return unacknowledged == 0 && is_read(peer, own);
}

bool await_reader(int fd, std::chrono::milliseconds limit) {
  return look_until(Deadline(limit), [fd] { return has_read_all(fd); });
}

}  // namespace wireproof
