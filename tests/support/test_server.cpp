#include "support/test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/system/socket_address.h"
#include "base/system/system_call.h"
#include "machine/host/socket_list.h"

namespace wireproof {
namespace {

constexpr timeval kServerLimit{.tv_sec = 10, .tv_usec = 0};

void limit_time(int socket) {
  check_call(::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &kServerLimit, sizeof kServerLimit),
             "setsockopt SO_RCVTIMEO");
}

UniqueFd bound_socket(int type) {
  UniqueFd socket(static_cast<int>(check_call(::socket(AF_INET, type, 0), "socket")));
  Endpoint any_port;
  any_port.address = *parse_ip_address("127.0.0.1");
  const SocketAddress address = write_socket_address(any_port);
  check_call(::bind(socket.get(), address.get(), address.size), "bind 127.0.0.1");
  limit_time(socket.get());
  return socket;
}

bool is_connected(const SocketEntry& entry) {
  return entry.remote.port != 0;
}

// One whose port no connection has, not even a client's of an earlier test in TIME-WAIT: what is
// asked about the port is then about this server.
UniqueFd socket_of_unused_port(int type) {
  std::vector<UniqueFd> passed_over;  // held, so that each is another
  for (;;) {
    UniqueFd socket = bound_socket(type);
    const std::uint16_t port = local_endpoint(socket.get()).port;
    const std::vector<SocketEntry> same_port = read_socket_table({port, 0});
    if (std::ranges::none_of(same_port, is_connected)) return socket;
    passed_over.push_back(std::move(socket));
  }
}

}  // namespace

TestServer::TestServer(Kind kind, std::function<void(int socket)> serve)
    : socket_(socket_of_unused_port(kind == Kind::tcp ? SOCK_STREAM : SOCK_DGRAM)),
      port_(local_endpoint(socket_.get()).port) {
  if (kind == Kind::tcp) check_call(::listen(socket_.get(), 64), "listen");
  thread_ = std::thread([this, serve = std::move(serve)] { serve(socket_.get()); });
}

ClosedPort::ClosedPort(TestServer::Kind kind)
    : socket_(bound_socket(kind == TestServer::Kind::tcp ? SOCK_STREAM : SOCK_DGRAM)),
      port_(local_endpoint(socket_.get()).port) {
  if (kind == TestServer::Kind::tcp) return;
  const SocketAddress self = write_socket_address(local_endpoint(socket_.get()));
  check_call(::connect(socket_.get(), self.get(), self.size), "connect to itself");
}

UniqueFd accept_one(int listener) {
  // With a time limit (SO_RCVTIMEO) a signal to this process ends the call, whatever its handler
  // says.
  int accepted = ::accept(listener, nullptr, nullptr);
  while (accepted < 0 && errno == EINTR) accepted = ::accept(listener, nullptr, nullptr);
  UniqueFd socket(static_cast<int>(check_call(accepted, "accept")));
  limit_time(socket.get());
  return socket;
}

std::string read_exactly(int socket, std::size_t size) {
  std::string text(size, '\0');
  const ssize_t count = ::recv(socket, text.data(), size, MSG_WAITALL);
  text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return text;
}

std::string read_to_end(int socket) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = ::recv(socket, buffer, sizeof buffer, 0);
    if (count < 0) return text + (errno == ECONNRESET ? "RST" : "TIMEOUT");
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

void write_all(int socket, const std::string& text) {
  check_call(::send(socket, text.data(), text.size(), MSG_NOSIGNAL), "send");
}

std::string answer_datagram(int socket, const std::string& reply) {
  char buffer[65536];
  SocketAddress peer;
  const long count =
      check_call(::recvfrom(socket, buffer, sizeof buffer, 0, peer.get(), &peer.size), "recvfrom");
  check_call(::sendto(socket, reply.data(), reply.size(), 0, peer.get(), peer.size), "sendto");
  return {buffer, static_cast<std::size_t>(count)};
}

void reset_connection(UniqueFd socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  check_call(::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once),
             "setsockopt SO_LINGER");
}

}  // namespace wireproof
