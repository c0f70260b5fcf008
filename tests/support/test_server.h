#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "base/system/system_call.h"

namespace wireproof {

// A server for one test on 127.0.0.1, with a port that the system chooses: a thread that runs
// `serve` with the listening (UDP: bound) socket. Blocking calls with a time limit of their own,
// so that a failing test ends. The destructor waits for its end.
class TestServer {
 public:
  enum class Kind { tcp, udp };

  TestServer(Kind kind, std::function<void(int socket)> serve);
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer() { finish(); }

  std::uint16_t port() const { return port_; }
  // Waits for the end of `serve`: what it wrote may be read then.
  void finish() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  UniqueFd socket_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// A port of 127.0.0.1 on which nothing listens while the object lives. It is taken all the same:
// by a TCP socket that is bound and never listened on, or a UDP socket connected to itself.
class ClosedPort {
 public:
  explicit ClosedPort(TestServer::Kind kind = TestServer::Kind::tcp);
  std::uint16_t port() const { return port_; }

 private:
  UniqueFd socket_;
  std::uint16_t port_ = 0;
};

UniqueFd accept_one(int listener);
// Shorter where the stream ends first.
std::string read_exactly(int socket, std::size_t size);
// Until the other side's FIN; "RST" is appended where it resets instead.
std::string read_to_end(int socket);
void write_all(int socket, const std::string& text);
// Answers one datagram with `reply`; returns what came.
std::string answer_datagram(int socket, const std::string& reply);
// Closes with RST.
void reset_connection(UniqueFd socket);

}  // namespace wireproof
