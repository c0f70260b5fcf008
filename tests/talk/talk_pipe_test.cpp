#include "talk/talk.h"

#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <thread>

#include "base/system/socket_address.h"
#include "base/system/system_call.h"
#include "catch.h"

namespace wireproof {
namespace {

// A file without a name: as input it ends, as output it takes everything.
UniqueFd make_file(const std::string& content = "") {
  UniqueFd file(::memfd_create("talk", MFD_CLOEXEC));
  REQUIRE(::pwrite(file.get(), content.data(), content.size(), 0) ==
          static_cast<ssize_t>(content.size()));
  return file;
}

std::string read_file(const UniqueFd& file) {
  std::string content(static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END)), '\0');
  REQUIRE(::pread(file.get(), content.data(), content.size(), 0) ==
          static_cast<ssize_t>(content.size()));
  return content;
}

struct Connection {
  UniqueFd client;
  UniqueFd server;
};

Connection make_connection() {
  const UniqueFd listener = bind_talk(parse_endpoint("127.0.0.1:0").value());
  listen_talk(listener.get());
  std::optional<TalkPeer> client = connect_talk({local_endpoint(listener.get())}, {});
  std::optional<TalkPeer> server = accept_talk(listener.get(), {});
  REQUIRE(client.has_value());
  REQUIRE(server.has_value());
  CHECK(client->local == server->remote);
  return {std::move(client->socket), std::move(server->socket)};
}

void send_text(const UniqueFd& socket, const std::string& text) {
  REQUIRE(::send(socket.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
}

std::string receive_to_end(const UniqueFd& socket) {
  std::string text;
  std::array<char, 65536> block{};
  for (;;) {
    const ssize_t size = ::recv(socket.get(), block.data(), block.size(), 0);
    REQUIRE(size >= 0);
    if (size == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(size));
  }
}

// Every byte there is, and no period that a block's size could hide.
std::string make_bytes(std::size_t size, unsigned seed) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) {
    seed = seed * 1664525U + 1013904223U;
    byte = static_cast<char>(seed >> 24U);
  }
  return bytes;
}

}  // namespace

TEST_CASE("the end of the input closes one direction, and the answer still comes", "[session]") {
  Connection connection = make_connection();
  const UniqueFd input = make_file("question");
  const UniqueFd output = make_file();
  std::jthread peer([&] {
    const std::string question = receive_to_end(connection.server);  // returns at our FIN
    send_text(connection.server, "answer to " + question);
    connection.server.reset();
  });
  const TalkResult result = run_talk_pipe({input.get(), output.get(), connection.client.get()}, {});
  CHECK(result == TalkResult{TalkEnd::closed, 8, 18});
  CHECK(read_file(output) == "answer to question");
}

TEST_CASE("two talks carry a megabyte of any bytes both ways at once", "[session]") {
  constexpr std::size_t kSize = 1 << 20;
  Connection connection = make_connection();
  const std::string there = make_bytes(kSize, 1);
  const std::string back = make_bytes(kSize, 2);
  const UniqueFd client_input = make_file(there);
  const UniqueFd client_output = make_file();
  const UniqueFd server_input = make_file(back);
  const UniqueFd server_output = make_file();
  TalkResult served;
  std::jthread server([&] {
    served = run_talk_pipe({server_input.get(), server_output.get(), connection.server.get()}, {});
    connection.server.reset();
  });
  const TalkResult result =
      run_talk_pipe({client_input.get(), client_output.get(), connection.client.get()}, {});
  server.join();
  CHECK(result == TalkResult{TalkEnd::closed, kSize, kSize});
  CHECK(served == result);
  CHECK(read_file(server_output) == there);
  CHECK(read_file(client_output) == back);
}

TEST_CASE("what the input holds when the peer closes is still sent, and no more is waited for",
          "[session]") {
  constexpr std::size_t kSize = 300000;
  Connection connection = make_connection();
  const std::string text = make_bytes(kSize, 3);
  const UniqueFd output = make_file();
  REQUIRE(::shutdown(connection.server.get(), SHUT_WR) == 0);
  SECTION("a file") {
    const UniqueFd input = make_file(text);
    std::string received;
    std::jthread peer([&] { received = receive_to_end(connection.server); });
    const TalkResult result =
        run_talk_pipe({input.get(), output.get(), connection.client.get()}, {});
    peer.join();
    CHECK(result == TalkResult{TalkEnd::closed, kSize, 0});
    CHECK(received == text);
  }
  SECTION("a pipe that stays open") {
    const Pipe input = open_pipe();
    REQUIRE(::write(input.write.get(), "late", 4) == 4);
    const TalkResult result =
        run_talk_pipe({input.read.get(), output.get(), connection.client.get()}, {});
    CHECK(result == TalkResult{TalkEnd::closed, 4, 0});
  }
}

TEST_CASE("a reset is no end of the stream", "[session]") {
  Connection connection = make_connection();
  const Pipe input = open_pipe();
  const UniqueFd output = make_file();
  const linger abort{1, 0};
  REQUIRE(::setsockopt(connection.server.get(), SOL_SOCKET, SO_LINGER, &abort, sizeof abort) == 0);
  connection.server.reset();
  SECTION("while the console is silent") {
    const TalkResult result =
        run_talk_pipe({input.read.get(), output.get(), connection.client.get()}, {});
    CHECK(result.end == TalkEnd::reset);
  }
  SECTION("when something is sent") {
    REQUIRE(::write(input.write.get(), "lost", 4) == 4);
    const TalkResult result =
        run_talk_pipe({input.read.get(), output.get(), connection.client.get()}, {});
    CHECK(result.end == TalkEnd::reset);
  }
}

TEST_CASE("an output that nobody reads any more ends the talk with its reason", "[session]") {
  Connection connection = make_connection();
  const Pipe input = open_pipe();
  Pipe output = open_pipe();
  output.read.reset();
  send_text(connection.server, "for nobody");
  CHECK_THROWS_WITH(
      run_talk_pipe({input.read.get(), output.write.get(), connection.client.get()}, {}),
      "write the output: broken pipe");
}

TEST_CASE("a stop ends a talk in which nothing happens", "[session]") {
  Connection connection = make_connection();
  const Pipe input = open_pipe();
  const UniqueFd output = make_file();
  const UniqueFd stop(::eventfd(1, EFD_CLOEXEC));
  TalkAside aside;
  aside.stop_fd = stop.get();
  CHECK(run_talk_pipe({input.read.get(), output.get(), connection.client.get()}, aside).end ==
        TalkEnd::stopped);
  const UniqueFd listener = bind_talk(parse_endpoint("127.0.0.1:0").value());
  listen_talk(listener.get());
  CHECK_FALSE(accept_talk(listener.get(), aside));
}

TEST_CASE("a peer is named by host and port, IPv6 in brackets", "[session]") {
  CHECK(parse_talk_address("localhost:80") == TalkAddress{"localhost", 80});
  CHECK(parse_talk_address("[::1]:65535") == TalkAddress{"::1", 65535});
  for (const char* wrong : {"", ":80", "localhost", "localhost:", "localhost:0", "localhost:65536",
                            "::1:80", "[]:80", "host:80x"}) {
    INFO(wrong);
    CHECK_FALSE(parse_talk_address(wrong));
  }
}

}  // namespace wireproof
