#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/system/deadline.h"
#include "servers/protocols/protocol.h"

namespace wireproof {

// Takes one line of text about what is going on; may be empty, then nobody listens.
using ServeLog = std::function<void(const std::string&)>;

enum class ConnectionPhase : std::uint8_t {
  sending,   // the next step sends
  reading,   // the next step reads
  draining,  // the exchange is over, but the peer may be sending still: the next step reads and
             // drops
  pausing,   // nothing is due before the deadline
  over,      // only close() is left to do, which is the owner's
  kept,      // a fault: nothing is left to do, and the owner does not close
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
  // The socket is the owner's. `peer` names it in the log.
  Connection(int fd, const Service& service, std::string peer, ServeLog log);

  ConnectionPhase phase() const { return phase_; }
  // When a step is due though the socket is not ready: the peer is not waited for any longer.
  std::optional<Deadline> deadline() const;
  void step();
  // From now on answers leave through another connection's socket, which is a fault.
  void reply_through(int fd) { output_fd_ = fd; }

 private:
  void take_actions(Actions actions);
  void send_next();
  void skip_sent();
  void end_exchange();
  bool must_drain() const;
  void finish();
  void give_up(int error);
  void read_next();
  void drain_next();
  void pause(std::chrono::milliseconds time, ConnectionPhase after);
  void end_pause();

  int fd_;
  int output_fd_;
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
  ConnectionPhase after_pause_ = ConnectionPhase::over;
  Deadline deadline_{Duration(0)};  // of draining and pausing
};

// All steps of a connection on a blocking socket, and its end in the log; `over` or `kept`.
ConnectionPhase serve_connection(int fd, const Service& service, const std::string& peer,
                                 const ServeLog& log);

// What the next send() takes of a message of which `sent` bytes have been sent, and its flags.
ByteView next_piece(ByteView message, std::size_t sent, Sending sending);
int send_flags(Sending sending, bool more_follows);

// "127.0.0.1:40000 closed", for the log
std::string render_end(const std::string& peer, ConnectionPhase end);

}  // namespace wireproof
