#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/system/socket_option.h"
#include "base/system/system_call.h"
#include "base/text/address.h"
#include "base/text/bytes.h"
#include "base/text/time.h"
#include "packets/flow/socket_call.h"
#include "play/client/datagram_port.h"

namespace wireproof {

// What a socket call came to.
struct IoResult {
  std::int64_t count = 0;     // bytes moved; a recv of 0 bytes is the end of a TCP stream
  int error_number = 0;       // errno; 0: none
  bool timed_out = false;     // the step's time ran out first
  bool waited = false;        // the call did not complete at once
  bool still_coming = false;  // with timed_out: bytes came until then, or more wait

  bool ok() const { return error_number == 0 && !timed_out; }
};

// The socket calls of one process, in the order in which they were entered.
class CallLog {
 public:
  // Stamps the entry; process and thread are the caller's. The result names the call in `leave`.
  std::size_t enter(SocketCall call);
  // Stamps the return. A call that moved bytes before its time ran out returns their count, any
  // other that ran out of time -1 with EAGAIN, as with SO_RCVTIMEO.
  void leave(std::size_t entry, const IoResult& result);
  // For what is known only once the call runs (the local end of a connect).
  SocketCall& call(std::size_t entry) { return calls_[entry]; }

  std::vector<SocketCall> take() { return std::move(calls_); }

 private:
  std::vector<SocketCall> calls_;
};

struct ConnectPlan {
  bool tcp = true;
  std::optional<Endpoint> local;  // bound first; none: the system chooses
  Endpoint remote;
  std::vector<SocketOptionValue> options = {};  // set before
  // Of UDP: its server answers from another port, and then is talked to there (RFC 1350 §4).
  bool is_answered_from_other_port = false;
};

// How many of the bytes that wait (never none) belong to the message that is being read.
using TakeRule = std::function<std::size_t(ByteView)>;

// One actor's socket, TCP or connected UDP, as a program with blocking calls would use it: each
// method is one such call, and one entry in the log, although the socket itself never blocks. It is
// a client's, or the server's end of a connection, or one that listens. A UDP port has one socket
// for all its clients, as servers have: what an actor accepts there is one client's share of it.
// Peeking moves nothing and is not logged. What stays unread stays in the kernel, so that a close
// has the effect that it has there (RST, RFC 9293 §3.10.4 and RFC 1122 §4.2.2.13).
//
// Not movable while a call runs. Throws SystemError where no socket can be had or bound, or where
// this machine lacks what a call needs; what the other side can cause comes back as an IoResult.
class ClientSocket {
 public:
  ClientSocket(boost::asio::io_context& context, std::string actor, CallLog& log);

  bool is_open() const { return descriptor_.has_value(); }
  bool is_tcp() const { return tcp_; }
  const Endpoint& local() const { return local_; }
  const Endpoint& remote() const { return remote_; }
  // Of the server's part over UDP: its port is other clients' as well.
  bool shares_port() const { return port_ != nullptr; }
  // The server's part.
  bool serves() const { return side_ == Side::server; }

  // Calls that wait end when `limit` from now is over, until the limit is ended.
  void start_time_limit(Duration limit);
  // Of one that runs: it ends after that time, where it would end later.
  void shorten_time_limit(Duration limit);
  void end_time_limit();

  // Not while open. The socket is open afterwards even if the connect failed.
  boost::asio::awaitable<IoResult> connect(ConnectPlan plan);
  // Not while open. Throws SystemError where the port cannot be had.
  void listen(bool tcp, const Endpoint& local);
  // Not while open. Takes the next client of the port; open afterwards if one came. Of a UDP port
  // that is whoever has sent a datagram and is nobody's yet.
  boost::asio::awaitable<IoResult> accept(ClientSocket& listener);
  // Returns when everything is with the kernel.
  boost::asio::awaitable<IoResult> send(ByteView piece);
  // Appends at most `most` bytes (UDP: one whole datagram) to `received`; asks the kernel for no
  // more. With a rule only what it takes of these. A stream that never ends is out of time once
  // what waited at the end of the limit has been read.
  boost::asio::awaitable<IoResult> recv(std::size_t most, Bytes& received, TakeRule take = {});
  // Of a socket that is answered from another port: as long as that did not come, a recv takes what
  // is from the port that was asked, as of a connected socket, and from here on what is of any.
  void await_other_port() { awaits_other_port_ = true; }
  // Whoever sent what was received last is talked to from here on. False: no other port than the
  // one that was asked.
  bool follow_other_port();
  // Of the server's part over UDP: what follows goes through a port of its own, chosen by the
  // system.
  void move_to_own_port();
  // What the next recv would find, without taking it (an error is taken all the same).
  boost::asio::awaitable<IoResult> peek(Bytes& waiting);
  // Lets time pass that the sheet asks for; no limit ends it.
  boost::asio::awaitable<void> pause(Duration duration);

  void set_no_delay();
  IoResult shutdown();
  IoResult close();
  IoResult abort();  // SO_LINGER 0: a TCP connection ends with RST

 private:
  enum class Readiness : std::uint8_t { to_read, to_write };

  UniqueFd open(const ConnectPlan& plan);
  std::optional<IoResult> try_recv_of_asked(Bytes& received);
  void take_connection(UniqueFd connection, const Endpoint& client);
  std::optional<IoResult> try_accept(ClientSocket& listener);
  std::optional<IoResult> try_recv(std::size_t most, Bytes& received, const TakeRule& take);
  ssize_t try_send(ByteView bytes);
  boost::asio::awaitable<bool> wait(Readiness readiness);
  boost::asio::awaitable<void> let_others_run();
  void set_limit_timer(Duration limit);
  bool came_until_limit() const;
  std::size_t waiting_bytes();
  std::size_t allowed_bytes();
  std::size_t enter(const std::string& name);
  int fd() { return descriptor_->native_handle(); }

  boost::asio::io_context& context_;
  std::string actor_;
  CallLog& log_;
  std::optional<boost::asio::posix::stream_descriptor> descriptor_;
  boost::asio::steady_timer limit_timer_;
  boost::asio::steady_timer pause_timer_;
  std::uint64_t limit_count_ = 0;  // tells a late expiry from the current one
  bool timed_out_ = false;
  Duration limit_{};
  std::optional<std::chrono::steady_clock::time_point> last_came_;  // of bytes, within the limit
  std::optional<std::size_t> late_bytes_;  // behind the limit: what may be read still
  std::size_t calls_at_once_ = 0;          // one after the other that did not wait
  bool tcp_ = true;
  std::uint64_t socket_count_ = 0;
  Side side_ = Side::client;
  std::shared_ptr<DatagramPort> port_;  // of the server's part over UDP; else null
  bool is_connected_ = true;  // to the remote end: false only while another port may answer
  bool awaits_other_port_ = false;
  Endpoint came_from_;  // of the last datagram, where it is not connected
  Endpoint local_;
  Endpoint remote_;
};

}  // namespace wireproof
