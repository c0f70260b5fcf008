#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

// An echo server as courses have it, and what is wrong with others: `calling_server MODE PORT`. It
// serves one client after the other.

namespace {

using Mode = std::string;

int open_listener(const Mode& mode, int port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  if (mode != "no-option") ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return -1;
  return ::listen(listener, mode == "no-backlog" ? 0 : 5) == 0 ? listener : -1;
}

void answer(const Mode& mode, int connection, char* text, ssize_t size) {
  const auto length = static_cast<std::size_t>(size);
  if (mode == "writev") {
    iovec halves[] = {{text, length / 2}, {text + length / 2, length - length / 2}};
    (void)::writev(connection, halves, 2);
  } else {
    ::send(connection, text, length, MSG_NOSIGNAL);
  }
}

void serve(const Mode& mode, int connection) {
  char text[64];
  for (;;) {
    const ssize_t size = ::recv(connection, text, sizeof text, 0);
    if (size <= 0) break;
    answer(mode, connection, text, size);
    if (mode == "early") break;
  }
  if (mode == "shutdown") ::shutdown(connection, SHUT_WR);
  if (mode != "no-close") ::close(connection);
}

void serve_by_child(const Mode& mode, int listener, int connection) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (mode != "fork-keeps-listener") ::close(listener);
    serve(mode, connection);
    ::_exit(0);
  }
  if (mode != "fork-keeps") ::close(connection);
  ::waitpid(child, nullptr, 0);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const Mode mode = arguments[1];
  const int listener = open_listener(mode, std::atoi(arguments[2]));
  if (listener < 0) return 1;
  for (;;) {
    const int connection = ::accept(listener, nullptr, nullptr);
    if (connection < 0) return 1;
    if (mode.rfind("fork", 0) == 0) {
      serve_by_child(mode, listener, connection);
    } else {
      serve(mode, connection);
    }
  }
}
