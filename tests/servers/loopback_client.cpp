#include "servers/loopback_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>

#include "base/system/socket_address.h"
#include "base/system/system_call.h"

namespace wireproof {
namespace {

constexpr timeval kPatience = {10, 0};

UniqueFd connect_socket(const std::string& host, std::uint16_t port, int type) {
  const SocketAddress address = look_up_host(host, port).front();
  UniqueFd fd(static_cast<int>(
      check_call(::socket(address.storage.ss_family, type | SOCK_CLOEXEC, 0), "socket")));
  check_call(::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience),
             "SO_RCVTIMEO");
  check_call(::connect(fd.get(), address.get(), address.size), "connect");
  return fd;
}

}  // namespace

UniqueFd connect_tcp(const std::string& host, std::uint16_t port) {
  return connect_socket(host, port, SOCK_STREAM);
}

UniqueFd connect_udp(const std::string& host, std::uint16_t port) {
  return connect_socket(host, port, SOCK_DGRAM);
}

void send_text(int fd, std::string_view text) {
  check_call(::send(fd, text.data(), text.size(), MSG_NOSIGNAL), "send");
}

std::string receive_some(int fd) {
  std::array<char, 65536> buffer{};
  const long count = check_call(::recv(fd, buffer.data(), buffer.size(), 0), "recv");
  return {buffer.data(), static_cast<std::size_t>(count)};
}

std::string receive_to_eof(int fd) {
  std::string all;
  for (std::string some = receive_some(fd); !some.empty(); some = receive_some(fd)) all += some;
  return all;
}

bool is_silent(int fd) {
  pollfd client = {fd, POLLIN, 0};
  return ::poll(&client, 1, 30) == 0;
}

}  // namespace wireproof
