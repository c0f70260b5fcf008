#include "servers/serving/connection.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/text/bytes.h"
#include "servers/serving/peer_socket.h"

namespace wireproof {
namespace {

// What a refused peer may still send: so many reads, none of them waiting longer than this.
constexpr int kMaxDrainReads = 64;
constexpr std::size_t kDrainReadSize = 16384;
constexpr std::chrono::seconds kMaxDrainWait{1};

bool may_come_later(int error) {
  return error == EINTR || error == EAGAIN;
}

bool has_unread(int fd) {
  std::uint8_t byte = 0;
  for (;;) {
    const ssize_t count = ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count >= 0 || errno != EINTR) return count > 0;
  }
}

// How long the second half of an answer waits for the first to be read.
constexpr std::chrono::milliseconds kMostReading{1000};

// How long a server that answers nobody who has closed looks for the FIN.
constexpr std::chrono::milliseconds kFinWait{100};

// Which of `events`, or of those that come unasked, are there in time.
short wait_for_events(int fd, short events, const Deadline& deadline) {
  pollfd waiting = {fd, events, 0};
  await_any({&waiting, 1}, deadline, "wait for a client");
  return waiting.revents;
}

// What the conduct means for the socket; each of these does nothing, or what anybody would do, for
// the default.

// Before the first use of an accepted socket.
void prepare_connection(int fd, const Conduct& conduct) {
  if (conduct.sending != Sending::at_once) return;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// False when the server answers nobody who has closed, and the peer has, or does within a moment:
// a FIN right behind the request must not get away.
bool may_answer(int fd, const Conduct& conduct) {
  if (conduct.answers_after_fin) return true;
  return (wait_for_events(fd, POLLRDHUP, Deadline(kFinWait)) & POLLRDHUP) == 0;
}

// Right before close().
void prepare_close(int fd, Closing closing) {
  constexpr linger kReset = {1, 0};
  switch (closing) {
    case Closing::by_reset:
      ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &kReset, sizeof kReset);
      return;
    case Closing::after_shutdown:
      ::shutdown(fd, SHUT_RDWR);
      return;
    case Closing::orderly:
    case Closing::with_unread:
    case Closing::by_exit:
      return;
  }
}

// Whether both directions have ended, or the peer has reset; waits for that at most until then.
bool wait_for_hang_up(int fd, const Deadline& deadline) {
  return (wait_for_events(fd, 0, deadline) & (POLLHUP | POLLERR)) != 0;
}

}  // namespace

Connection::Connection(int fd, const Service& service, std::string peer, ServeLog log)
    : fd_(fd),
      output_fd_(fd),
      conduct_(service.conduct),
      protocol_(service.open_stream()),
      buffer_(service.stream_read_size),
      peer_(std::move(peer)),
      log_(std::move(log)) {
  prepare_connection(fd_, conduct_);
  const ByteView greeting = as_bytes(conduct_.greeting);
  if (!greeting.empty()) take_actions({{Bytes(greeting.begin(), greeting.end())}, Ending::none});
  if (!conduct_.watches_clients) phase_ = ConnectionPhase::kept;
}

std::optional<Deadline> Connection::deadline() const {
  if (phase_ != ConnectionPhase::draining && phase_ != ConnectionPhase::pausing) {
    return std::nullopt;
  }
  return deadline_;
}

void Connection::step() {
  switch (phase_) {
    case ConnectionPhase::sending:
      return send_next();
    case ConnectionPhase::reading:
      return read_next();
    case ConnectionPhase::draining:
      return drain_next();
    case ConnectionPhase::pausing:
      return end_pause();
    case ConnectionPhase::over:
    case ConnectionPhase::kept:
      return;
  }
}

void Connection::take_actions(Actions actions) {
  actions_ = std::move(actions);
  if (!actions_.sends.empty() && !may_answer(fd_, conduct_)) actions_ = {{}, Ending::close};
  send_index_ = 0;
  sent_size_ = 0;
  skip_sent();
  if (phase_ == ConnectionPhase::sending) pause(conduct_.reply_delay, phase_);
}

// Goes to the next send that has bytes left, or behind the last.
void Connection::skip_sent() {
  phase_ = ConnectionPhase::sending;
  while (send_index_ < actions_.sends.size()) {
    const Bytes& bytes = actions_.sends[send_index_];
    if (sent_size_ == 0 && log_) log_(fmt::format("{} < {}", peer_, render_quoted(bytes)));
    if (sent_size_ < bytes.size()) return;
    ++send_index_;
    sent_size_ = 0;
  }
  if (actions_.ending == Ending::none) {
    phase_ = ConnectionPhase::reading;
  } else {
    end_exchange();
  }
}

void Connection::send_next() {
  const Bytes& message = actions_.sends[send_index_];
  const ByteView bytes = next_piece(message, sent_size_, conduct_.sending);
  const bool is_last = send_index_ + 1 == actions_.sends.size();
  const bool more_follows = !is_last || actions_.ending != Ending::none;
  const int flags = MSG_NOSIGNAL | send_flags(conduct_.sending, more_follows);
  const ssize_t count = ::send(output_fd_, bytes.data(), bytes.size(), flags);
  const bool is_forgotten = !conduct_.keeps_rest && (count >= 0 || errno == EAGAIN);
  if (count < 0 && !is_forgotten) return give_up(errno);
  sent_size_ += is_forgotten ? bytes.size() : static_cast<std::size_t>(count);
  const bool is_part = sent_size_ < message.size();
  const bool awaits_reader = is_part && conduct_.sending == Sending::as_read;
  // One that does not read is not waited for again.
  if (awaits_reader && !await_reader(output_fd_, kMostReading)) conduct_.sending = Sending::whole;
  skip_sent();
}

void Connection::end_exchange() {
  if (actions_.ending == Ending::keep) {
    phase_ = ConnectionPhase::kept;
    return;
  }
  if (!must_drain()) return finish();
  ::shutdown(fd_, SHUT_WR);
  constexpr timeval kWait = {kMaxDrainWait.count(), 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kWait, sizeof kWait);
  deadline_ = Deadline(kMaxDrainWait);
  phase_ = ConnectionPhase::draining;
}

bool Connection::must_drain() const {
  if (at_eof_ || conduct_.closing == Closing::with_unread) return false;
  return actions_.ending == Ending::refuse || has_unread(fd_);
}

void Connection::read_next() {
  const ssize_t count = ::recv(fd_, buffer_.data(), buffer_.size(), 0);
  if (count < 0) return give_up(errno);
  at_eof_ = count == 0;
  const ByteView bytes = ByteView(buffer_).first(static_cast<std::size_t>(count));
  if (log_ && !at_eof_) log_(fmt::format("{} > {}", peer_, render_quoted(bytes)));
  Actions actions = at_eof_ ? protocol_->on_eof() : protocol_->on_bytes(bytes);
  // One that is told again has an end after all, when the server stops.
  if (at_eof_ && actions.ending == Ending::none && wait_for_hang_up(fd_, Deadline(Duration(0))))
    return finish();
  take_actions(std::move(actions));
  // Nor does it wait until there is room.
  while (!conduct_.keeps_rest && phase_ == ConnectionPhase::sending) send_next();
}

// Nothing is left but close().
void Connection::finish() {
  if (conduct_.close_delay.count() > 0 && phase_ != ConnectionPhase::pausing) {
    return pause(conduct_.close_delay, ConnectionPhase::over);
  }
  prepare_close(fd_, conduct_.closing);
  phase_ = ConnectionPhase::over;
}

void Connection::give_up(int error) {
  if (may_come_later(error)) return;
  if (!conduct_.survives_reset && (error == ECONNRESET || error == EPIPE)) ::_exit(EXIT_FAILURE);
  finish();
}

void Connection::pause(std::chrono::milliseconds time, ConnectionPhase after) {
  if (time.count() == 0) return;
  deadline_ = Deadline(time);
  after_pause_ = after;
  phase_ = ConnectionPhase::pausing;
}

void Connection::end_pause() {
  if (!wait_for_hang_up(fd_, deadline_) && !deadline_.is_over()) return;
  if (after_pause_ == ConnectionPhase::over) return finish();
  phase_ = after_pause_;
}

void Connection::drain_next() {
  std::array<std::uint8_t, kDrainReadSize> dropped{};
  const ssize_t count = ::recv(fd_, dropped.data(), dropped.size(), 0);
  if (count < 0 && may_come_later(errno) && !deadline_.is_over()) return;
  if (count <= 0 || ++drain_reads_ == kMaxDrainReads) return finish();
  deadline_ = Deadline(kMaxDrainWait);
}

ConnectionPhase serve_connection(int fd, const Service& service, const std::string& peer,
                                 const ServeLog& log) {
  Connection connection(fd, service, peer, log);
  while (connection.phase() != ConnectionPhase::over &&
         connection.phase() != ConnectionPhase::kept) {
    connection.step();
  }
  if (log) log(render_end(peer, connection.phase()));
  return connection.phase();
}

std::string render_end(const std::string& peer, ConnectionPhase end) {
  return fmt::format("{} {}", peer, end == ConnectionPhase::kept ? "forgotten" : "closed");
}

ByteView next_piece(ByteView message, std::size_t sent, Sending sending) {
  const ByteView rest = message.subspan(sent);
  switch (sending) {
    case Sending::byte_by_byte:
      return rest.first(1);
    case Sending::in_halves:
    case Sending::as_read:
      return sent == 0 && rest.size() > 1 ? rest.first(rest.size() / 2) : rest;
    case Sending::whole:
    case Sending::corked:
    case Sending::at_once:
      return rest;
  }
  return rest;
}

int send_flags(Sending sending, bool more_follows) {
  return sending == Sending::corked && more_follows ? MSG_MORE : 0;
}

}  // namespace wireproof
