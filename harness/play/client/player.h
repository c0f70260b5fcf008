#pragma once

#include <functional>
#include <optional>
#include <string>

#include "judge/traffic/played_session.h"
#include "machine/host/sandbox.h"
#include "result/run_result.h"
#include "sheet/scenario.h"

namespace wireproof {

class Tracer;

// What came of a step on the server (`server: alive`). Both empty: done, or true.
struct ServerOutcome {
  std::string failure;       // why it is not
  std::string skipped;       // why it could not be played or judged
  bool port_in_use = false;  // of a restart: the failure
  bool lacked_time = false;  // the server was given none in which it could be seen: the failure

  bool operator==(const ServerOutcome&) const = default;
};

constexpr const char* kServerNotStarted = "the server was not started by this run";

// A step that ran out of time.
struct VainWait {
  Duration before{};  // the session's time before the step
  Duration limit{};   // of the step
  Duration lacked{};  // what a program that it waited for lacked of the CPU
};

// What the player needs to know of the world around a session.
struct PlayOptions {
  IpAddress server;            // where the server listens
  std::uint16_t tcp_port = 0;  // 0: no TCP server
  std::uint16_t udp_port = 0;
  // In a private network the clients bind 127.0.0.2, 127.0.0.3, … so that each has a lane of its
  // own in a flow graph; elsewhere the system chooses.
  bool own_client_addresses = true;
  // Instead of 127.0.0.0, where several sessions share a loopback.
  std::optional<IpAddress> client_net{};
  std::optional<IpAddress> client_address;  // else all clients bind this one, if it is set
  std::optional<Duration> timeout;          // instead of the sheet's
  Tracer* tracer = nullptr;                 // of the programs of `run` steps; outlives the session
  Sandbox* sandbox = nullptr;               // those programs are inside; outlives the session
  int capture_fd = -1;                      // readable when packets wait; -1: none
  std::function<void()> on_capture_readable;  // drains them
  // Acts on or judges the server. Not set: such steps are SKIP.
  std::function<ServerOutcome(ServerAction)> server_action;
  // Called as a step runs out of time, before its client closes.
  std::function<void(const VainWait&)> on_time_out;
  // Of the server alone; none: of every address with its ports.
  std::optional<IpAddress> sockets_of{};
  std::vector<SocketEntry> sockets_before;  // the session: they are none of it
  std::string sockets_skipped;    // why the server's sockets cannot be seen; empty: they can
  bool only_own_sockets = false;  // the server has other clients than the session's
};

// What the actor with that number binds with own_client_addresses: 127.0.0.2 … 127.0.0.251, then
// 127.0.1.1 … 127.0.1.250, 127.0.2.1 …, with `net` the same in that net, and any port. The whole of
// 127/8 is loopback (RFC 1122 §3.2.1.3 (g)).
Endpoint actor_endpoint(std::uint64_t number, const std::optional<IpAddress>& net);

// Plays the clients of a session over real sockets, one io_context, one thread. A failed step ends
// its actor's part; sockets still open at the end are closed then, as at a program's end.
//
// An actor is a TCP client unless the sheet's transport is `udp`; where it is `tcp+udp`, an actor
// whose name begins with `udp` is a UDP client; where the sheet says nothing, an actor is a TCP
// client if there is a TCP server. Actors are numbered from 1: first the group's, then the others
// in order of appearance; the number is `{n}`, and with own_client_addresses each has the address
// of actor_endpoint().
PlayedSession play_session(const Scenario& scenario, const PlayOptions& options);

}  // namespace wireproof
