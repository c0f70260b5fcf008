#include "servers/faults/misconduct.h"

#include <sys/socket.h>

#include "base/system/system_call.h"
#include "catch.h"
#include "servers/registry.h"
#include "servers/serve_ways.h"
#include "servers/serving/peer_socket.h"
#include "servers/stream_play.h"

namespace wireproof {
TEST_CASE("every variant of every TCP server says the same", "[servers]") {
  const std::string text(3000, 'a');
  for (const ServerQuirk& variant : find_server("echo-both")->variants) {
    INFO(variant.name);
    for (const ServeWay way : kAllWays) {
      const ServerInfo& info = *find_server("echo-both");
      const Listener listener(with_variant(service_of("echo-both"), info, variant.name),
                              served_by(way));
      for (int round = 0; round < 2; ++round) {
        const UniqueFd client = connect_to(listener);
        send_text(client.get(), text);
        ::shutdown(client.get(), SHUT_WR);
        CHECK(receive_to_eof(client.get()) == text);
      }
    }
  }
}

TEST_CASE("what a send takes is all, one byte, or half of a message", "[servers]") {
  const Bytes message = {1, 2, 3, 4, 5};
  const auto size = [&](std::size_t sent, Sending sending) {
    return next_piece(message, sent, sending).size();
  };
  CHECK(size(0, Sending::whole) == 5);
  CHECK(size(2, Sending::whole) == 3);
  CHECK(size(0, Sending::byte_by_byte) == 1);
  CHECK(size(4, Sending::byte_by_byte) == 1);
  CHECK(size(0, Sending::in_halves) == 2);
  CHECK(size(2, Sending::in_halves) == 3);
  CHECK(next_piece(ByteView(message).first(1), 0, Sending::in_halves).size() == 1);
  CHECK(next_piece(message, 3, Sending::byte_by_byte).front() == 4);
}

TEST_CASE("the second half of an answer comes when the first was read", "[servers]") {
  const ServerInfo& info = *find_server("echo-both");
  const Listener listener(with_variant(service_of("echo-both"), info, "as-read"),
                          served_by(ServeWay::threads));
  const UniqueFd client = connect_to(listener);
  CHECK(has_read_all(client.get()));
  for (const std::string text : {"abcd", "efgh"}) {
    send_text(client.get(), text);
    CHECK(receive_some(client.get()) == text.substr(0, 2));
    CHECK(receive_some(client.get()) == text.substr(2));
  }
}

TEST_CASE("an answer is held back only where corked, and only while more follows", "[servers]") {
  CHECK(send_flags(Sending::corked, true) == MSG_MORE);
  CHECK(send_flags(Sending::corked, false) == 0);
  CHECK(send_flags(Sending::whole, true) == 0);
}

TEST_CASE("a late close holds up neither others nor the end of the server", "[servers]") {
  for (const ServeWay way : {ServeWay::threads, ServeWay::select, ServeWay::fork}) {
    Service service = service_of("upper-tcp");
    service.conduct.close_delay = std::chrono::hours{1};
    const Listener listener(service, served_by(way));
    const UniqueFd first = connect_to(listener);
    send_text(first.get(), "a");
    CHECK(receive_some(first.get()) == "A");
    CHECK(is_silent(first.get()));
    const UniqueFd second = connect_to(listener);
    send_text(second.get(), "b");
    CHECK(receive_some(second.get()) == "B");
  }
}

TEST_CASE("ipv6-dual serves both families, streams and datagrams", "[servers]") {
  ListenOptions options = served_by(ServeWay::threads);
  options.udp_port = 0;
  const ServerInfo& info = *find_server("reverse");
  const Listener listener(with_variant(service_of("reverse"), info, "ipv6-dual"), options);
  for (const std::string host : {"127.0.0.1", "::1"}) {
    INFO(host);
    const UniqueFd stream = connect_tcp(host, listener.tcp_port());
    send_text(stream.get(), "ab");
    CHECK(receive_some(stream.get()) == "ba");
    const UniqueFd datagrams = connect_udp(host, listener.udp_port());
    send_text(datagrams.get(), "cd");
    CHECK(receive_some(datagrams.get()) == "dc");
  }
}

TEST_CASE("small buffers are the kernel's smallest", "[servers]") {
  Conduct conduct;
  conduct.small_send_buffer = true;
  conduct.small_receive_buffer = true;
  const UniqueFd small = open_bound_socket("127.0.0.1", 0, SocketType::stream, conduct);
  const UniqueFd usual = open_bound_socket("127.0.0.1", 0, SocketType::stream);
  for (const int option : {SO_SNDBUF, SO_RCVBUF}) {
    int least = 0;
    int size = 0;
    socklen_t length = sizeof size;
    check_call(::getsockopt(small.get(), SOL_SOCKET, option, &least, &length), "getsockopt");
    check_call(::getsockopt(usual.get(), SOL_SOCKET, option, &size, &length), "getsockopt");
    CHECK(least < 8192);
    CHECK(least < size);
  }
}

}  // namespace wireproof
