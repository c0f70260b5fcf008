#include "session/stage_link.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/system_call.h"

namespace wireproof {
namespace {

constexpr std::size_t kHeadBytes = 9;
constexpr char kGo = 'G';
constexpr std::string_view kKinds = "REPCX";

}  // namespace

void write_frame(int fd, const Frame& frame) {
  ByteWriter head;
  head.write_u8(static_cast<std::uint8_t>(frame.kind));
  head.write_u64(frame.body.size());
  const std::string text = std::string(as_text(head.bytes())) + frame.body;
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t size = ::send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    sent += static_cast<std::size_t>(check_call(size, "send to the main process"));
  }
}

bool await_go(int fd) {
  char byte = 0;
  ssize_t size = 0;
  do {
    size = ::read(fd, &byte, 1);
  } while (size < 0 && errno == EINTR);
  return size == 1 && byte == kGo;
}

void give_go(int fd) {
  // A stage that has ended meanwhile gives EPIPE here and its end by its pidfd.
  [[maybe_unused]] const ssize_t sent = ::send(fd, &kGo, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

bool FrameReader::read_from(int fd) {
  buffer_.erase(0, std::exchange(taken_, 0));
  std::array<char, 65536> part{};
  for (;;) {
    const ssize_t size = ::recv(fd, part.data(), part.size(), MSG_DONTWAIT);
    if (size > 0) {
      buffer_.append(part.data(), static_cast<std::size_t>(size));
    } else if (size == 0 || (errno != EINTR && errno != EAGAIN)) {
      return true;
    } else if (errno == EAGAIN) {
      return false;
    }
  }
}

std::optional<Frame> FrameReader::next() {
  const std::string_view left = std::string_view(buffer_).substr(taken_);
  if (left.size() < kHeadBytes) return std::nullopt;
  ByteReader reader(as_bytes(left));
  const std::uint8_t kind = reader.read_u8();
  if (kKinds.find(static_cast<char>(kind)) == std::string_view::npos) {
    throw std::runtime_error("a stage sent a frame of an unknown kind");
  }
  const std::uint64_t size = reader.read_u64();
  if (left.size() - kHeadBytes < size) return std::nullopt;
  Frame frame{static_cast<FrameKind>(kind), std::string(left.substr(kHeadBytes, size))};
  taken_ += kHeadBytes + size;
  return frame;
}

}  // namespace wireproof
