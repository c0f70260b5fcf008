#include "servers/connection.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>

#include "base/hex.h"

namespace wireproof {
namespace {

// What a refused peer may still send: so many reads, none of them waiting longer than this.
constexpr int kMaxDrainReads = 64;
constexpr std::size_t kDrainReadSize = 16384;
constexpr timeval kMaxDrainWait = {1, 0};

// recv() that is not disturbed by signals; -1 when the connection is broken.
ssize_t receive(int fd, std::uint8_t* data, std::size_t size, int flags) {
  for (;;) {
    const ssize_t count = ::recv(fd, data, size, flags);
    if (count >= 0 || errno != EINTR) return count;
  }
}

// One send() call, more only where the kernel took a part; false when the connection is broken.
bool send_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

bool has_unread(int fd) {
  std::uint8_t byte = 0;
  return receive(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void drain_until_eof(int fd) {
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kMaxDrainWait, sizeof kMaxDrainWait);
  std::array<std::uint8_t, kDrainReadSize> dropped{};
  for (int reads = 0; reads < kMaxDrainReads; ++reads) {
    if (receive(fd, dropped.data(), dropped.size(), 0) <= 0) return;
  }
}

}  // namespace

void serve_connection(int fd, StreamProtocol& protocol, std::size_t read_size,
                      const std::string& peer, const ServeLog& log) {
  Bytes buffer(read_size);
  Actions actions = protocol.on_open();
  bool at_eof = false;
  for (;;) {
    for (const Bytes& bytes : actions.sends) {
      if (log) log(fmt::format("{} < {}", peer, render_quoted(bytes)));
      if (!send_all(fd, bytes)) return;
    }
    if (at_eof || actions.ending != Ending::none) break;
    const ssize_t count = receive(fd, buffer.data(), buffer.size(), 0);
    if (count < 0) return;
    at_eof = count == 0;
    const ByteView bytes = ByteView(buffer).first(static_cast<std::size_t>(count));
    if (log && !at_eof) log(fmt::format("{} > {}", peer, render_quoted(bytes)));
    actions = at_eof ? protocol.on_eof() : protocol.on_bytes(bytes);
  }
  if (at_eof) return;
  if (actions.ending == Ending::close && !has_unread(fd)) return;
  ::shutdown(fd, SHUT_WR);
  drain_until_eof(fd);
}

}  // namespace wireproof
