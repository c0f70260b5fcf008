#include "servers/connection.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/hex.h"

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

}  // namespace

Connection::Connection(int fd, const Service& service, std::string peer, ServeLog log)
    : fd_(fd),
      conduct_(service.conduct),
      protocol_(service.open_stream()),
      buffer_(service.stream_read_size),
      peer_(std::move(peer)),
      log_(std::move(log)) {
  take_actions(protocol_->on_open());
}

std::optional<Connection::Clock::time_point> Connection::deadline() const {
  if (phase_ != ConnectionPhase::draining) return std::nullopt;
  return drain_deadline_;
}

void Connection::step() {
  switch (phase_) {
    case ConnectionPhase::sending:
      return send_next();
    case ConnectionPhase::reading:
      return read_next();
    case ConnectionPhase::draining:
      return drain_next();
    case ConnectionPhase::over:
      return;
  }
}

void Connection::take_actions(Actions actions) {
  actions_ = std::move(actions);
  send_index_ = 0;
  sent_size_ = 0;
  skip_sent();
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
  if (!at_eof_ && actions_.ending == Ending::none) {
    phase_ = ConnectionPhase::reading;
  } else {
    end_exchange();
  }
}

void Connection::send_next() {
  const ByteView bytes = ByteView(actions_.sends[send_index_]).subspan(sent_size_);
  const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count < 0) {
    if (!may_come_later(errno)) finish();
    return;
  }
  sent_size_ += static_cast<std::size_t>(count);
  if (static_cast<std::size_t>(count) < bytes.size()) return;
  ++send_index_;
  sent_size_ = 0;
  skip_sent();
}

void Connection::end_exchange() {
  if (at_eof_ || (actions_.ending == Ending::close && !has_unread(fd_))) return finish();
  ::shutdown(fd_, SHUT_WR);
  constexpr timeval kWait = {kMaxDrainWait.count(), 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kWait, sizeof kWait);
  drain_deadline_ = Clock::now() + kMaxDrainWait;
  phase_ = ConnectionPhase::draining;
}

void Connection::read_next() {
  const ssize_t count = ::recv(fd_, buffer_.data(), buffer_.size(), 0);
  if (count < 0) {
    if (!may_come_later(errno)) finish();
    return;
  }
  at_eof_ = count == 0;
  const ByteView bytes = ByteView(buffer_).first(static_cast<std::size_t>(count));
  if (log_ && !at_eof_) log_(fmt::format("{} > {}", peer_, render_quoted(bytes)));
  take_actions(at_eof_ ? protocol_->on_eof() : protocol_->on_bytes(bytes));
}

// Nothing is left but close().
void Connection::finish() {
  phase_ = ConnectionPhase::over;
  if (conduct_.reset_on_close) {
    constexpr linger kReset = {1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &kReset, sizeof kReset);
  }
}

void Connection::drain_next() {
  std::array<std::uint8_t, kDrainReadSize> dropped{};
  const ssize_t count = ::recv(fd_, dropped.data(), dropped.size(), 0);
  const Clock::time_point now = Clock::now();
  if (count < 0 && may_come_later(errno) && now < drain_deadline_) return;
  if (count <= 0 || ++drain_reads_ == kMaxDrainReads) finish();
  drain_deadline_ = now + kMaxDrainWait;
}

void serve_connection(int fd, const Service& service, const std::string& peer,
                      const ServeLog& log) {
  Connection connection(fd, service, peer, log);
  while (connection.phase() != ConnectionPhase::over) connection.step();
}

}  // namespace wireproof
