#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "servers/protocol.h"

namespace wireproof {

// Takes one line of text about what is going on; may be empty, then nobody listens.
using ServeLog = std::function<void(const std::string&)>;

enum class ConnectionPhase : std::uint8_t {
  sending,   // the next step sends
  reading,   // the next step reads
  draining,  // the exchange is over, but the peer may be sending still: the next step reads and
             // drops
  over,      // only close() is left to do, which is the owner's
};

// Carries one TCP connection through its protocol, one system call a step. On a blocking socket a
// step waits; on a non-blocking one a step without readiness changes nothing. What the protocol
// wants sent is sent whole before more is read, so a peer that does not read is not read from
// either, and never more than one answer is held. Never throws for what the peer does.
//
// The close that follows must not turn into a reset: a kernel resets a connection that is closed
// while received data is unread (RFC 1122 §4.2.2.13, RFC 2525 §2.17), and the reset may overtake
// the reply. So where the peer has sent more than the protocol takes, this side sends its FIN
// (shutdown) and reads on until the peer's, within limits; else close() sends the FIN itself.
class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  // The socket is the owner's. `peer` names it in the log.
  Connection(int fd, const Service& service, std::string peer, ServeLog log);

  ConnectionPhase phase() const { return phase_; }
  // When a step is due though the socket is not ready: the peer is not waited for any longer.
  std::optional<Clock::time_point> deadline() const;
  void step();

 private:
  void take_actions(Actions actions);
  void send_next();
  void skip_sent();
  void end_exchange();
  void finish();
  void read_next();
  void drain_next();

  int fd_;
  Conduct conduct_;
  std::unique_ptr<StreamProtocol> protocol_;
  Bytes buffer_;
  std::string peer_;
  ServeLog log_;

  ConnectionPhase phase_ = ConnectionPhase::reading;
  Actions actions_;
  std::size_t send_index_ = 0;  // of actions_.sends
  std::size_t sent_size_ = 0;   // of that send
  bool at_eof_ = false;
  int drain_reads_ = 0;
  Clock::time_point drain_deadline_;
};

// All steps of a connection on a blocking socket.
void serve_connection(int fd, const Service& service, const std::string& peer, const ServeLog& log);

}  // namespace wireproof
