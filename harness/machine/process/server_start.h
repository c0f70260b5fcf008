#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/text/address.h"
#include "base/text/time.h"

namespace wireproof {

// How to start a server, as the runner sees it; names come in from outside (cli), so that this
// folder knows no server.
struct ServerStart {
  std::string host;            // to listen on
  std::uint16_t tcp_port = 0;  // 0: not wanted
  std::uint16_t udp_port = 0;
  std::map<std::string, std::string> parameters;
  Duration patience{};  // how long clients wait for an answer; a server that is late is later
  int ready_fd = -1;    // one byte is written there once the server listens
};

struct ServerProgram {
  std::string name;
  std::uint16_t tcp_port = 0;  // default, 0: no TCP
  std::uint16_t udp_port = 0;
  // Runs in a process of its own until SIGINT or SIGTERM; returns the exit code.
  std::function<int(const ServerStart&)> serve;
  // Of a server that is somebody's program, instead of `serve`: the shell command for a sheet's
  // parameters, and where it is started.
  std::function<std::string(const std::map<std::string, std::string>&)> command = {};
  std::filesystem::path folder = {};
  std::optional<Duration> start_within = {};  // until it listens; none: kStartLimit
};

using ServerTable = std::map<std::string, ServerProgram>;

// A server that somebody else runs: for it nothing is started and no private network is entered.
struct RunningServer {
  IpAddress address;
  std::uint16_t tcp_port = 0;  // 0: not known, what needs it is SKIP
  std::uint16_t udp_port = 0;

  bool operator==(const RunningServer&) const = default;
};

}  // namespace wireproof
