#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <filesystem>
#include <memory>

#include "base/system/system_call.h"
#include "catch.h"
#include "servers/serve_ways.h"
#include "servers/stream_play.h"

namespace wireproof {
namespace {

// What one client is told must not depend on the way in which all are served.
const std::vector<ServeWay> kWaysAtOnce = {ServeWay::threads, ServeWay::select, ServeWay::fork};

void reset_connection(UniqueFd client) {
  const linger reset = {1, 0};
  check_call(::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset), "SO_LINGER");
}

std::string render(ServeWay way) {
  return fmt::format("serve by {}", render_serve_way(way));
}

// Answers any byte by 8 MB, far more than the socket buffers of both ends hold.
constexpr std::size_t kLargeAnswer = std::size_t{8} << 20;

class LargeAnswer : public StreamProtocol {
 public:
  Actions on_bytes(ByteView) override { return {{Bytes(kLargeAnswer, 'x'), {'.'}}, Ending::close}; }
};

// Says so when it is told of the end, and what it was told before.
class TellEnd : public StreamProtocol {
 public:
  Actions on_bytes(ByteView bytes) override {
    return {{Bytes(bytes.begin(), bytes.end()), {}, {'|'}}, Ending::none};
  }
  Actions on_eof() override { return {{{'>'}}, Ending::close}; }
};

template <class Protocol>
Service service_with() {
  Service service;
  service.open_stream = [] { return std::make_unique<Protocol>(); };
  return service;
}

// Reads `size` bytes, which must come.
std::string receive_size(int fd, std::size_t size) {
  std::string all;
  while (all.size() < size) {
    const std::string some = receive_some(fd);
    REQUIRE_FALSE(some.empty());
    all += some;
  }
  return all;
}

}  // namespace

TEST_CASE("two clients talk in turn, each with its own connection", "[servers]") {
  for (const ServeWay way : kWaysAtOnce) {
    INFO(render(way));
    const Listener listener(service_of("echo-text"), served_by(way));
    const UniqueFd one = connect_to(listener);
    const UniqueFd two = connect_to(listener);
    for (const int round : {1, 2, 3}) {
      send_text(two.get(), fmt::format("two {}", round));
      CHECK(receive_some(two.get()) == fmt::format("ECHO: two {}", round));
      send_text(one.get(), fmt::format("one {}", round));
      CHECK(receive_some(one.get()) == fmt::format("ECHO: one {}", round));
    }
  }
}

TEST_CASE("many clients are served at once, in whatever order they speak", "[servers]") {
  for (const ServeWay way : kWaysAtOnce) {
    INFO(render(way));
    const Listener listener(service_of("echo-threads"), served_by(way));
    std::vector<UniqueFd> clients;
    clients.reserve(20);
    for (int i = 0; i < 20; ++i) clients.push_back(connect_to(listener));
    for (std::size_t i = clients.size(); i > 0; --i) {
      send_text(clients[i - 1].get(), fmt::format("{}", i));
      CHECK(receive_some(clients[i - 1].get()) == fmt::format("You told me: {}", i));
    }
  }
}

TEST_CASE("one by one, the second client is served when the first has gone", "[servers]") {
  const Listener listener(service_of("echo-threads"), served_by(ServeWay::serial));
  UniqueFd first = connect_to(listener);
  const UniqueFd second = connect_to(listener);
  send_text(second.get(), "second");
  send_text(first.get(), "first");
  CHECK(receive_some(first.get()) == "You told me: first");
  std::uint8_t byte = 0;
  CHECK(::recv(second.get(), &byte, 1, MSG_DONTWAIT) == -1);
  first.reset();
  CHECK(receive_some(second.get()) == "You told me: second");
}

TEST_CASE("every way answers each send and tells the protocol of the end", "[servers]") {
  for (const ServeWay way : kAllWays) {
    INFO(render(way));
    const Listener listener(service_with<TellEnd>(), served_by(way));
    const UniqueFd client = connect_to(listener);
    send_text(client.get(), "a");
    CHECK(receive_size(client.get(), 2) == "a|");
    ::shutdown(client.get(), SHUT_WR);
    CHECK(receive_to_eof(client.get()) == ">");
  }
}

TEST_CASE("a half-closed client gets its replies and then the end", "[servers]") {
  for (const ServeWay way : kAllWays) {
    INFO(render(way));
    const Listener listener(service_of("echo-threads"), served_by(way));
    const UniqueFd client = connect_to(listener);
    send_text(client.get(), "bye");
    ::shutdown(client.get(), SHUT_WR);
    CHECK(receive_to_eof(client.get()) == "You told me: bye");
  }
}

TEST_CASE("clients that reset, or leave without a word, do not disturb the next", "[servers]") {
  for (const ServeWay way : kAllWays) {
    INFO(render(way));
    const Listener listener(service_of("echo-threads"), served_by(way));
    for (int round = 0; round < 3; ++round) {
      connect_to(listener).reset();
      UniqueFd rude = connect_to(listener);
      send_text(rude.get(), "x");
      CHECK(receive_some(rude.get()) == "You told me: x");
      send_text(rude.get(), "unread");
      reset_connection(std::move(rude));
      reset_connection(connect_to(listener));
    }
    const UniqueFd last = connect_to(listener);
    send_text(last.get(), "here");
    CHECK(receive_some(last.get()) == "You told me: here");
  }
}

TEST_CASE("clients that reset, or are silent, do not disturb those beside them", "[servers]") {
  for (const ServeWay way : kWaysAtOnce) {
    INFO(render(way));
    const Listener listener(service_of("echo-threads"), served_by(way));
    const UniqueFd steady = connect_to(listener);
    const UniqueFd silent = connect_to(listener);
    UniqueFd rude = connect_to(listener);
    send_text(rude.get(), "x");
    reset_connection(std::move(rude));
    send_text(steady.get(), "here");
    CHECK(receive_some(steady.get()) == "You told me: here");
  }
}

TEST_CASE("a client that does not read stops nobody but itself", "[servers]") {
  for (const ServeWay way : kWaysAtOnce) {
    INFO(render(way));
    const Listener listener(service_with<LargeAnswer>(), served_by(way));
    const UniqueFd slow = connect_to(listener);
    send_text(slow.get(), "?");
    CHECK(receive_size(slow.get(), 1).front() == 'x');  // the server is sending
    const UniqueFd quick = connect_to(listener);
    send_text(quick.get(), "?");
    CHECK(receive_to_eof(quick.get()).size() == kLargeAnswer + 1);
    CHECK(receive_to_eof(slow.get()).back() == '.');
  }
}

TEST_CASE("a large answer comes whole and in order", "[servers]") {
  for (const ServeWay way : kAllWays) {
    INFO(render(way));
    const Listener listener(service_with<LargeAnswer>(), served_by(way));
    const UniqueFd client = connect_to(listener);
    send_text(client.get(), "?");
    const std::string answer = receive_to_eof(client.get());
    CHECK(answer.size() == kLargeAnswer + 1);
    CHECK(answer.find_first_not_of('x') == kLargeAnswer);
  }
}

TEST_CASE("a client that leaves in the middle of a large answer is given up", "[servers]") {
  for (const ServeWay way : kAllWays) {
    INFO(render(way));
    const Listener listener(service_with<LargeAnswer>(), served_by(way));
    for (int round = 0; round < 3; ++round) {
      const UniqueFd client = connect_to(listener);
      send_text(client.get(), "?");
      CHECK(receive_size(client.get(), 1).front() == 'x');
    }
    const UniqueFd next = connect_to(listener);
    send_text(next.get(), "?");
    CHECK(receive_to_eof(next.get()).size() == kLargeAnswer + 1);
  }
}

TEST_CASE("every way ends with FIN where more comes than the protocol takes", "[servers]") {
  for (const ServeWay way : kAllWays) {
    INFO(render(way));
    const Listener listener(service_of("echo-once"), served_by(way));
    for (int round = 0; round < 5; ++round) {
      const UniqueFd client = connect_to(listener);
      send_text(client.get(), std::string(100000, 'a'));
      CHECK(receive_to_eof(client.get()) == "SERVER RECEIVED: " + std::string(128, 'a'));
      CHECK_NOTHROW(send_text(client.get(), "more"));
      CHECK_NOTHROW(send_text(client.get(), "more"));
    }
  }
}

TEST_CASE("a peer that has been answered and neither sends nor closes is left in time",
          "[servers]") {
  for (const ServeWay way : kAllWays) {
    INFO(render(way));
    const Listener listener(service_of("echo-once"), served_by(way));
    const UniqueFd lingering = connect_to(listener);
    send_text(lingering.get(), std::string(1000, 'a'));
    receive_to_eof(lingering.get());
    const UniqueFd next = connect_to(listener);  // of a serial server, only after that time
    send_text(next.get(), "next");
    CHECK(receive_to_eof(next.get()) == "SERVER RECEIVED: next");
  }
}

TEST_CASE("stopping ends open connections, also those that are mid-message", "[servers]") {
  const std::string record(29, 'r');
  for (const ServeWay way : kAllWays) {
    INFO(render(way));
    std::vector<UniqueFd> clients;
    {
      const Listener listener(service_of("record"), served_by(way));
      const bool serial = way == ServeWay::serial;
      for (int i = 0; i < (serial ? 1 : 2); ++i) {
        clients.push_back(connect_to(listener));
        send_text(clients.back().get(), i == 0 ? record + "rrrr" : record);
        CHECK(receive_some(clients.back().get()) == record);  // from here on nothing is unread
      }
    }
    for (const UniqueFd& client : clients) CHECK(receive_some(client.get()).empty());
  }
}

TEST_CASE("the processes of ended clients are reaped, all of them when the server stops",
          "[servers]") {
  {
    const Listener listener(service_of("echo-once"), served_by(ServeWay::fork));
    const UniqueFd idle = connect_to(listener);
    for (int round = 0; round < 5; ++round) {
      const UniqueFd client = connect_to(listener);
      send_text(client.get(), "hello");
      CHECK(receive_to_eof(client.get()) == "SERVER RECEIVED: hello");
    }
  }
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("no way keeps a descriptor of a client that has gone", "[servers]") {
  const auto count_descriptors = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const auto before = count_descriptors();
  for (const ServeWay way : kAllWays) {
    INFO(render(way));
    {
      const Listener listener(service_of("echo-once"), served_by(way));
      for (int round = 0; round < 5; ++round) {
        const UniqueFd client = connect_to(listener);
        send_text(client.get(), "hello");
        receive_to_eof(client.get());
      }
    }
    CHECK(count_descriptors() == before);
  }
}

TEST_CASE("a stream and datagrams are served on one port number", "[servers]") {
  ListenOptions options = served_by(ServeWay::select);
  const Listener free(service_of("echo-both"), options);
  options.tcp_port = std::nullopt;
  options.udp_port = free.tcp_port();  // TCP holds it: UDP has port numbers of its own
  const Listener listener(service_of("echo-both"), options);
  REQUIRE(listener.udp_port() == free.tcp_port());
  const UniqueFd stream = connect_to(free);
  const UniqueFd datagrams = connect_udp("127.0.0.1", listener.udp_port());
  send_text(stream.get(), "stream");
  send_text(datagrams.get(), "datagram");
  CHECK(receive_some(stream.get()) == "stream");
  CHECK(receive_some(datagrams.get()) == "datagram");
}

}  // namespace wireproof
