#include "machine/host/socket_list.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <set>

#include "base/system/process.h"
#include "base/system/socket_address.h"
#include "base/system/system_call.h"
#include "catch.h"

namespace wireproof {
namespace {

UniqueFd open_socket(int type) {
  UniqueFd fd = check_descriptor(::socket(AF_INET, type | SOCK_CLOEXEC, 0), "socket");
  const SocketAddress any = write_socket_address({*parse_ip_address("127.0.0.1"), 0});
  check_call(::bind(fd.get(), any.get(), any.size), "bind");
  return fd;
}

std::uint16_t port_of(const UniqueFd& fd) {
  return local_endpoint(fd.get()).port;
}

void connect_to(const UniqueFd& fd, const UniqueFd& peer) {
  const SocketAddress address = write_socket_address(local_endpoint(peer.get()));
  check_call(::connect(fd.get(), address.get(), address.size), "connect");
}

// "LISTEN server, ESTABLISHED client->server": by the port at each end.
std::string summary(const std::vector<SocketEntry>& sockets, std::uint16_t port) {
  std::string text;
  for (const SocketEntry& socket : sockets) {
    text += (text.empty() ? "" : ", ") + socket.state;
    text += socket.local.port == port ? " server" : " client";
    if (socket.remote.port != 0) text += socket.remote.port == port ? "->server" : "->client";
  }
  return text;
}

// The listening one and its connection with this client: the kernel may still list one of another
// test that had the same port.
std::vector<SocketEntry> sockets_between(std::uint16_t port, std::uint16_t client_port) {
  std::vector<SocketEntry> sockets = read_socket_table({port, 0});
  std::erase_if(sockets, [&](const SocketEntry& socket) {
    const std::uint16_t other = socket.local.port == port ? socket.remote.port : socket.local.port;
    return other != 0 && other != client_port;
  });
  return sockets;
}

// The first summary that is the wanted one, else the last: packets on loopback are handled by the
// kernel when it has time.
std::string settled_summary(std::uint16_t port, std::uint16_t client_port,
                            const std::string& wanted) {
  std::string found;
  for (int look = 0; look < 10'000 && found != wanted; ++look) {
    if (look > 0) ::poll(nullptr, 0, 1);
    found = summary(sockets_between(port, client_port), port);
  }
  return found;
}

}  // namespace

TEST_CASE("a connection on one machine is listed twice, beside the socket that listens", "[host]") {
  const UniqueFd listener = open_socket(SOCK_STREAM);
  check_call(::listen(listener.get(), 5), "listen");
  const UniqueFd client = open_socket(SOCK_STREAM);
  connect_to(client, listener);
  check_call(::send(client.get(), "abc", 3, 0), "send");
  const std::uint16_t port = port_of(listener);
  const auto sockets = sockets_between(port, port_of(client));
  REQUIRE(sockets.size() == 3);
  CHECK(sockets[0].state == "LISTEN");
  CHECK(sockets[0].receive_queue == 1);  // waits for accept
  CHECK(sockets[0].send_queue == 5);     // the backlog
  const auto server = std::ranges::find_if(sockets, [&](const SocketEntry& socket) {
    return socket.local.port == port && socket.remote.port == port_of(client);
  });
  REQUIRE(server != sockets.end());
  CHECK(server->state == "ESTABLISHED");
  CHECK(server->receive_queue == 3);
  CHECK(render_endpoint(server->remote) == "127.0.0.1:" + std::to_string(port_of(client)));
}

TEST_CASE("a socket that no process has any more is listed as long as the kernel keeps it",
          "[host]") {
  const UniqueFd listener = open_socket(SOCK_STREAM);
  check_call(::listen(listener.get(), 5), "listen");
  UniqueFd client = open_socket(SOCK_STREAM);
  connect_to(client, listener);
  const std::uint16_t port = port_of(listener);
  const std::uint16_t client_port = port_of(client);
  UniqueFd accepted = check_descriptor(::accept(listener.get(), nullptr, nullptr), "accept");
  client.reset();
  std::string wanted = "LISTEN server, CLOSE-WAIT server->client, FIN-WAIT-2 client->server";
  // The one of the lower address and port comes first.
  if (client_port < port) {
    wanted = "LISTEN server, FIN-WAIT-2 client->server, CLOSE-WAIT server->client";
  }
  CHECK(settled_summary(port, client_port, wanted) == wanted);
  accepted.reset();
  wanted = "LISTEN server, TIME-WAIT client->server";
  CHECK(settled_summary(port, client_port, wanted) == wanted);
}

TEST_CASE("UDP sockets are told from TCP ones of the same port", "[host]") {
  const UniqueFd server = open_socket(SOCK_DGRAM);
  const UniqueFd client = open_socket(SOCK_DGRAM);
  connect_to(client, server);
  const std::uint16_t port = port_of(server);
  const auto sockets = read_socket_table({0, port});
  CHECK(summary(sockets, port) == "UNCONN server, ESTABLISHED client->server");
  for (const SocketEntry& socket : sockets) CHECK_FALSE(socket.tcp);
  // Others of this machine may have a TCP socket with that number.
  for (const SocketEntry& socket : read_socket_table({port, 0})) CHECK(socket.tcp);
  CHECK(read_socket_table({0, 0}).empty());
}

namespace {

struct Bound {
  explicit Bound(int type) : socket(open_socket(type)), end(local_endpoint(socket.get())) {}

  UniqueFd socket;
  Endpoint end;
};

}  // namespace

TEST_CASE("the process that listens on an address is found", "[host]") {
  const Bound bound(SOCK_STREAM);
  CHECK_FALSE(find_listening_process(ListenProtocol::tcp, bound.end).listens);
  REQUIRE(::listen(bound.socket.get(), 1) == 0);
  const ListeningProcess found = find_listening_process(ListenProtocol::tcp, bound.end);
  CHECK(found.listens);
  CHECK(found.process == ::getpid());
  const Endpoint other{*parse_ip_address("127.0.0.2"), bound.end.port};
  CHECK_FALSE(find_listening_process(ListenProtocol::tcp, other).listens);
  CHECK_FALSE(find_listening_process(ListenProtocol::udp, bound.end).listens);
}

TEST_CASE("the process that has bound a UDP port is found", "[host]") {
  const Bound bound(SOCK_DGRAM);
  CHECK(find_listening_process(ListenProtocol::udp, bound.end) ==
        ListeningProcess{true, ::getpid(), {::getpid()}});
}

TEST_CASE("of several processes that listen those below the first are its holders", "[host]") {
  const Bound bound(SOCK_DGRAM);
  const pid_t child = fork_process([]() -> int {
    for (;;) ::pause();
  });
  const ListeningProcess found = find_listening_process(ListenProtocol::udp, bound.end);
  ::kill(child, SIGKILL);
  await_process(child);
  CHECK(found.process == ::getpid());
  CHECK(std::set(found.holders.begin(), found.holders.end()) == std::set{::getpid(), child});
}

TEST_CASE("a process holds the accepted end of a connection until it closes it", "[host]") {
  const Bound listener(SOCK_STREAM);
  REQUIRE(::listen(listener.socket.get(), 1) == 0);
  const UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SocketAddress server = write_socket_address(listener.end);
  REQUIRE(::connect(client.get(), server.get(), server.size) == 0);
  UniqueFd accepted(::accept(listener.socket.get(), nullptr, nullptr));

  const std::uint16_t port = listener.end.port;
  CHECK(find_socket_holders(port, {::getpid()}) ==
        std::vector<HeldSocket>{{::getpid(), local_endpoint(client.get())}});

  accepted.reset();
  CHECK(find_socket_holders(port, {::getpid()}).empty());
}

}  // namespace wireproof
