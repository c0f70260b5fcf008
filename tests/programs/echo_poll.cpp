// An event loop by hand: poll() says which socket to accept from or to read.
#include <poll.h>

#include <string>
#include <vector>

#include "sockets.h"

namespace {

// False at the end of the stream.
bool answer(int connection) {
  std::string text(64, '\0');
  const auto size = check(::read(connection, text.data(), text.size()), "read");
  text.resize(static_cast<std::size_t>(size));
  if (!text.empty()) check(::write(connection, text.data(), text.size()), "write");
  return !text.empty();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  std::vector<pollfd> watched{{listen_on(arguments[1]), POLLIN, 0}};
  for (bool serving = true; serving;) {
    check(::poll(watched.data(), watched.size(), -1), "poll");
    if (watched.size() == 1) {
      watched.push_back({accept_from(watched.front().fd), POLLIN, 0});
    } else {
      serving = answer(watched.back().fd);
    }
  }
  for (const pollfd& entry : watched) check(::close(entry.fd), "close");
  return 0;
}
