#include "servers/serving/listen.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ctime>

#include "base/system/deadline.h"
#include "base/system/proc.h"
#include "base/system/process.h"
#include "base/system/socket_address.h"
#include "base/system/system_call.h"
#include "catch.h"
#include "servers/faults/misconduct.h"
#include "servers/loopback_client.h"
#include "servers/registry.h"
#include "servers/stream_play.h"

namespace wireproof {
namespace {

constexpr std::string_view kRequest("\0\0\0\x0c\0\0\0\x07SUM\1\0\0\0\x2a", 16);
constexpr std::string_view kReply("\0\0\0\x08\0\0\0\x07\0\0\0\x2a", 12);

ListenOptions any_tcp_port() {
  ListenOptions options;
  options.tcp_port = 0;
  return options;
}

// From a socket that is not connected, to a port of 127.0.0.1.
UniqueFd send_datagram(std::uint16_t port, std::string_view text) {
  UniqueFd client = open_bound_socket("127.0.0.1", 0, SocketType::datagram);
  const SocketAddress peer = write_socket_address({*parse_ip_address("127.0.0.1"), port});
  check_call(::sendto(client.get(), text.data(), text.size(), 0, peer.get(), peer.size), "sendto");
  return client;
}

// The port that the answer to a datagram comes from. The socket is not connected: a connected one
// would not be given an answer from anywhere else.
std::uint16_t answering_port(const Service& service, std::uint16_t& asked_port) {
  ListenOptions options;
  options.udp_port = 0;
  const Listener listener(service, options);
  asked_port = listener.udp_port();
  const UniqueFd client = send_datagram(asked_port, "a");
  REQUIRE(await_readable(client.get(), Deadline(std::chrono::seconds(10)), "wait for the answer"));
  SocketAddress peer;
  std::uint8_t answer = 0;
  REQUIRE(::recvfrom(client.get(), &answer, 1, 0, peer.get(), &peer.size) == 1);
  CHECK(answer == 'A');
  return read_socket_address(peer).value_or(Endpoint{}).port;
}

Duration cpu_time() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + Duration(used.tv_nsec);
}

// Puts a descriptor from which nothing can be received in the place of the socket on a UDP port.
void break_socket(std::uint16_t udp_port) {
  const UniqueFd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const OpenDescriptor& open : list_descriptors(::getpid())) {
    if (!parse_socket_target(open.target) || local_endpoint(open.number).port != udp_port) continue;
    check_call(::dup2(nothing.get(), open.number), "break a socket");
  }
}

}  // namespace

TEST_CASE("a client gets its reply and then the end of the stream", "[servers]") {
  const Listener listener(service_of("calc"), any_tcp_port());
  CHECK(listener.udp_port() == 0);
  const UniqueFd client = connect_tcp("127.0.0.1", listener.tcp_port());
  send_text(client.get(), kRequest);
  CHECK(receive_to_eof(client.get()) == kReply);
}

TEST_CASE("IPv6 is served like IPv4", "[servers]") {
  ListenOptions options = any_tcp_port();
  options.host = "::1";
  try {
    const Listener listener(service_of("calc"), options);
    const UniqueFd client = connect_tcp("::1", listener.tcp_port());
    send_text(client.get(), kRequest);
    CHECK(receive_to_eof(client.get()) == kReply);
  } catch (const SystemError& error) {
    WARN("skipped, this machine has no IPv6: " << error.what());
  }
}

TEST_CASE("more input than the protocol takes ends in FIN, not in a reset", "[servers]") {
  const Listener listener(service_of("upper-tcp"), any_tcp_port());
  for (int round = 0; round < 20; ++round) {
    const UniqueFd client = connect_tcp("127.0.0.1", listener.tcp_port());
    send_text(client.get(), std::string(200000, 'a'));
    const std::string reply = receive_to_eof(client.get());  // a reset would throw
    CHECK(reply == std::string(1024, 'A'));
    // The server reads on until this side closes. Had it closed with unread input, its reset, or
    // the one that the first of these provokes, would make a send fail.
    CHECK_NOTHROW(send_text(client.get(), "more"));
    CHECK_NOTHROW(send_text(client.get(), "more"));
  }
}

TEST_CASE("a refused client may go on sending and still reads the end of the stream", "[servers]") {
  const Listener listener(service_of("record-sized"), any_tcp_port());
  const UniqueFd client = connect_tcp("127.0.0.1", listener.tcp_port());
  send_text(client.get(), std::string(9, '\xff'));
  CHECK(receive_to_eof(client.get()).empty());
  send_text(client.get(), "more");
  CHECK(receive_some(client.get()).empty());
}

TEST_CASE("the port is free at once after the server has closed first", "[servers]") {
  std::uint16_t port = 0;
  {
    const Listener listener(service_of("calc"), any_tcp_port());
    port = listener.tcp_port();
    const UniqueFd client = connect_tcp("127.0.0.1", port);
    send_text(client.get(), kRequest);
    CHECK(receive_to_eof(client.get()) == kReply);
  }
  ListenOptions same = any_tcp_port();
  same.tcp_port = port;
  CHECK_NOTHROW(Listener(service_of("calc"), same));
}

TEST_CASE("a port that is taken is an error that names the attempt", "[servers]") {
  ListenOptions options;
  options.tcp_port = 0;
  options.udp_port = 0;
  const Listener first(service_of("calc"), options);
  ListenOptions same_tcp;
  same_tcp.tcp_port = first.tcp_port();
  CHECK_THROWS_WITH(Listener(service_of("calc"), same_tcp),
                    fmt::format("bind 127.0.0.1:{}: address already in use", first.tcp_port()));
  ListenOptions same_udp;
  same_udp.udp_port = first.udp_port();
  CHECK_THROWS_AS(Listener(service_of("calc"), same_udp), SystemError);
}

TEST_CASE("datagrams are answered to their sender, and a bad one does no harm", "[servers]") {
  ListenOptions options;
  options.udp_port = 0;
  const Listener listener(service_of("calc"), options);
  CHECK(listener.tcp_port() == 0);
  const UniqueFd one = connect_udp("127.0.0.1", listener.udp_port());
  const UniqueFd two = connect_udp("127.0.0.1", listener.udp_port());
  send_text(one.get(), "garbage");
  send_text(one.get(), "");
  send_text(one.get(), kRequest.substr(4));
  send_text(two.get(), kRequest.substr(4));
  CHECK(receive_some(one.get()) == kReply.substr(4));
  CHECK(receive_some(two.get()) == kReply.substr(4));
}

TEST_CASE("a datagram longer than the server reads loses its end", "[servers]") {
  ListenOptions options;
  options.udp_port = 0;
  const Listener listener(service_of("upper-udp"), options);
  const UniqueFd client = connect_udp("127.0.0.1", listener.udp_port());
  send_text(client.get(), std::string(3000, 'a'));
  CHECK(receive_some(client.get()) == std::string(2048, 'A'));
}

TEST_CASE("datagrams are answered by the port that was asked, but for the fault that does not",
          "[servers]") {
  const Service service = service_of("upper-udp");
  std::uint16_t asked = 0;
  CHECK(answering_port(service, asked) == asked);
  const Service faulty = with_fault(service, *find_server("upper-udp"), "reply-from-other-port");
  CHECK(answering_port(faulty, asked) != asked);
}

TEST_CASE("a socket that cannot receive does not keep a CPU busy", "[servers]") {
  const Attempt attempt = attempt_in_child([] {
    ListenOptions options;
    options.udp_port = 0;
    const Listener listener(service_of("reverse"), options);
    break_socket(listener.udp_port());
    send_datagram(listener.udp_port(), "a");  // ends the call that still waits in the old one
    const Duration before = cpu_time();
    await_any({}, Deadline(std::chrono::milliseconds(200)), "look on");
    return std::string(cpu_time() - before < std::chrono::milliseconds(100) ? "rests" : "spins");
  });
  CHECK(attempt == Attempt{true, "rests"});
}

}  // namespace wireproof
