#include "machine/trace/socket_probe.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>

#include "machine/trace/tracee_memory.h"

namespace wireproof {
namespace {

// "socket:[4711]", what the link of a socket's descriptor says.
std::optional<std::uint64_t> parse_socket_link(std::string_view text) {
  constexpr std::string_view kBegin = "socket:[";
  if (!text.starts_with(kBegin) || !text.ends_with("]")) return std::nullopt;
  text.remove_prefix(kBegin.size());
  std::uint64_t inode = 0;
  std::from_chars(text.data(), text.data() + text.size(), inode);
  return inode;
}

// What /proc says that a descriptor names, as far as it fits; empty where it names nothing.
std::string read_link(pid_t thread, int descriptor) {
  const std::string path = "/proc/" + std::to_string(thread) + "/fd/" + std::to_string(descriptor);
  std::array<char, 64> text{};
  const ssize_t size = ::readlink(path.c_str(), text.data(), text.size());
  return size < 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
}

std::vector<int> list_descriptors(pid_t thread) {
  std::vector<int> found;
  std::error_code gone;
  const std::string folder = "/proc/" + std::to_string(thread) + "/fd";
  for (std::filesystem::directory_iterator entry(folder, gone), end; !gone && entry != end;
       entry.increment(gone)) {
    const std::string name = entry->path().filename();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    if (descriptor >= 0) found.push_back(descriptor);
  }
  return found;
}

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

int read_option(int fd, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

SocketKind find_kind(int fd) {
  const int domain = read_option(fd, SO_DOMAIN);
  if (domain == AF_UNIX) return SocketKind::local;
  if (domain != AF_INET && domain != AF_INET6) return SocketKind::other;
  const int protocol = read_option(fd, SO_PROTOCOL);
  if (protocol == IPPROTO_TCP) return SocketKind::tcp;
  return protocol == IPPROTO_UDP ? SocketKind::udp : SocketKind::other;
}

using NameCall = int (*)(int, sockaddr*, socklen_t*);

std::optional<Endpoint> read_name(NameCall call, int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (call(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  const auto endpoint = read_socket_address(std::as_bytes(std::span(&address, 1)).first(size));
  if (!endpoint || endpoint->port == 0) return std::nullopt;
  return endpoint;
}

}  // namespace

SocketProbe::SocketProbe(pid_t process, std::mutex& no_fork)
    : thread_(process),
      handle_(static_cast<int>(::syscall(SYS_pidfd_open, process, 0))),
      no_fork_(&no_fork) {}

void SocketProbe::follow(pid_t thread) {
  constexpr unsigned kAnyThread = O_EXCL;  // PIDFD_THREAD, Linux 6.9; before, only the first thread
  thread_ = thread;
  handle_.reset(static_cast<int>(::syscall(SYS_pidfd_open, thread, kAnyThread)));
}

UniqueFd SocketProbe::borrow(int descriptor) const {
  if (!handle_) return {};
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_getfd, handle_.get(), descriptor, 0)));
}

std::optional<SocketFacts> SocketProbe::look(int descriptor) const {
  const auto inode = parse_socket_link(read_link(thread_, descriptor));
  if (!inode) return std::nullopt;
  SocketFacts facts;
  facts.inode = *inode;
  const std::lock_guard lock(*no_fork_);
  const UniqueFd fd = borrow(descriptor);
  if (!fd) return facts;
  facts.kind = find_kind(fd.get());
  facts.nonblocking = (::fcntl(fd.get(), F_GETFL) & O_NONBLOCK) != 0;
  facts.local = read_name(::getsockname, fd.get());
  facts.remote = read_name(::getpeername, fd.get());
  return facts;
}

ClosingFacts SocketProbe::look_before_close(int descriptor) const {
  ClosingFacts facts;
  const std::lock_guard lock(*no_fork_);
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
  for (const int descriptor : list_descriptors(thread_)) {
    const auto inode = parse_socket_link(read_link(thread_, descriptor));
    if (inode) found.emplace_back(descriptor, *inode);
  }
  return found;
}

std::vector<ListedEpoll> SocketProbe::list_epolls() const {
  std::vector<ListedEpoll> found;
  for (const int descriptor : list_descriptors(thread_)) {
    if (read_link(thread_, descriptor) != "anon_inode:[eventpoll]") continue;
    const std::string path =
        "/proc/" + std::to_string(thread_) + "/fdinfo/" + std::to_string(descriptor);
    std::ifstream file(path);
    ListedEpoll& epoll = found.emplace_back();
    epoll.descriptor = descriptor;
    for (std::string line; std::getline(file, line);) {
      if (const auto interest = parse_epoll_entry(line)) epoll.interests.push_back(*interest);
    }
  }
  return found;
}

}  // namespace wireproof
