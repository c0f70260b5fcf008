#include "servers/serving/socket_conduct.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

namespace wireproof {
namespace {

// How long a server that answers nobody who has closed looks for the FIN.
constexpr std::chrono::milliseconds kFinWait{100};

// Which of `events`, or of those that come unasked, are there in time.
short wait_for_events(int fd, short events, std::chrono::milliseconds time) {
  pollfd waiting = {fd, events, 0};
  const int wait = static_cast<int>(std::max<std::chrono::milliseconds::rep>(time.count(), 0));
  return ::poll(&waiting, 1, wait) == 1 ? waiting.revents : short{0};
}

}  // namespace

void prepare_connection(int fd, const Conduct& conduct) {
  if (conduct.sending != Sending::at_once) return;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

ByteView next_piece(ByteView message, std::size_t sent, Sending sending) {
  const ByteView rest = message.subspan(sent);
  switch (sending) {
    case Sending::byte_by_byte:
      return rest.first(1);
    case Sending::in_halves:
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

bool may_answer(int fd, const Conduct& conduct) {
  if (conduct.answers_after_fin) return true;
  return (wait_for_events(fd, POLLRDHUP, kFinWait) & POLLRDHUP) == 0;
}

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

bool wait_for_hang_up(int fd, std::chrono::milliseconds time) {
  return (wait_for_events(fd, 0, time) & (POLLHUP | POLLERR)) != 0;
}

}  // namespace wireproof
