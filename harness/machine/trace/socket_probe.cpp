#include "machine/trace/socket_probe.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "base/system/proc.h"
#include "base/system/socket_address.h"
#include "machine/trace/tracee.h"

namespace wireproof {
namespace {

// proc(5): "tfd:       10 events:     2019 data:               12 …", the last two in hexadecimal.
std::optional<ListedEpoll::Interest> parse_epoll_entry(const std::string& line) {
  if (!line.starts_with("tfd:")) return std::nullopt;
  std::istringstream words(line);
  std::string label;
  ListedEpoll::Interest interest;
  words >> label >> interest.descriptor >> label >> std::hex >> interest.events >> label >>
      interest.data;
  return words ? std::optional(interest) : std::nullopt;
}

int read_option(int fd, int option, int level = SOL_SOCKET) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, level, option, &value, &size) == 0 ? value : -1;
}

SocketKind find_kind(int fd) {
  const int domain = read_option(fd, SO_DOMAIN);
  if (domain == AF_UNIX) return SocketKind::local;
  if (domain != AF_INET && domain != AF_INET6) return SocketKind::other;
  const int protocol = read_option(fd, SO_PROTOCOL);
  // A multipath connection is TCP to its program, and on the wire (RFC 8684 §2).
  if (protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP) return SocketKind::tcp;
  return protocol == IPPROTO_UDP ? SocketKind::udp : SocketKind::other;
}

using NameCall = int (*)(int, sockaddr*, socklen_t*);

std::optional<Endpoint> read_name(NameCall call, int fd) {
  SocketAddress address;
  if (call(fd, address.get(), &address.size) != 0) return std::nullopt;
  const auto endpoint = read_unmapped(address);
  if (!endpoint || endpoint->port == 0) return std::nullopt;
  return endpoint;
}

}  // namespace

SocketProbe::SocketProbe(pid_t process)
    : thread_(process), handle_(static_cast<int>(::syscall(SYS_pidfd_open, process, 0))) {}

void SocketProbe::follow(pid_t thread) {
  constexpr unsigned kAnyThread = O_EXCL;  // PIDFD_THREAD, Linux 6.9; before, only the first thread
  thread_ = thread;
  handle_.reset(static_cast<int>(::syscall(SYS_pidfd_open, thread, kAnyThread)));
}

UniqueFd SocketProbe::borrow(int descriptor) const {
  return borrow_descriptor(handle_, descriptor);
}

std::optional<SocketFacts> SocketProbe::look(int descriptor) const {
  const auto inode = parse_socket_target(read_descriptor(thread_, descriptor));
  if (!inode) return std::nullopt;
  SocketFacts facts;
  facts.inode = *inode;
  const UniqueFd fd = borrow(descriptor);
  if (!fd) return facts;
  facts.kind = find_kind(fd.get());
  facts.nonblocking = (::fcntl(fd.get(), F_GETFL) & O_NONBLOCK) != 0;
  facts.local = read_name(::getsockname, fd.get());
  facts.remote = read_name(::getpeername, fd.get());
  facts.inline_urgent = facts.kind == SocketKind::tcp && read_option(fd.get(), SO_OOBINLINE) == 1;
  if (facts.kind == SocketKind::udp) {
    const int bytes = read_option(fd.get(), UDP_SEGMENT, SOL_UDP);
    facts.segment_bytes = bytes > 0 ? static_cast<std::uint32_t>(bytes) : 0;
  }
  return facts;
}

ClosingFacts SocketProbe::look_before_close(int descriptor) const {
  ClosingFacts facts;
  const UniqueFd fd = borrow(descriptor);
  if (!fd || find_kind(fd.get()) != SocketKind::tcp) return facts;
  int unread = 0;
  if (read_option(fd.get(), SO_ACCEPTCONN) == 0 && ::ioctl(fd.get(), SIOCINQ, &unread) == 0) {
    facts.unread_bytes = static_cast<std::uint64_t>(unread);
  }
  linger option{};
  socklen_t size = sizeof option;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &option, &size) == 0 && option.l_onoff != 0) {
    facts.linger_seconds = option.l_linger;
  }
  return facts;
}

std::vector<std::pair<int, std::uint64_t>> SocketProbe::list_sockets() const {
  std::vector<std::pair<int, std::uint64_t>> found;
  for (const OpenDescriptor& descriptor : list_descriptors(thread_)) {
    const auto inode = parse_socket_target(descriptor.target);
    if (inode) found.emplace_back(descriptor.number, *inode);
  }
  return found;
}

std::vector<ListedEpoll> SocketProbe::list_epolls() const {
  std::vector<ListedEpoll> found;
  for (const OpenDescriptor& descriptor : list_descriptors(thread_)) {
    if (descriptor.target != "anon_inode:[eventpoll]") continue;
    std::ifstream file(proc_folder(thread_) / "fdinfo" / std::to_string(descriptor.number));
    ListedEpoll& epoll = found.emplace_back();
    epoll.descriptor = descriptor.number;
    for (std::string line; std::getline(file, line);) {
      if (const auto interest = parse_epoll_entry(line)) epoll.interests.push_back(*interest);
    }
  }
  return found;
}

}  // namespace wireproof
