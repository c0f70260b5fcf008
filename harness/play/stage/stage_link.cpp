#include "play/stage/stage_link.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/system/system_call.h"
#include "base/text/bytes.h"

namespace wireproof {
namespace {

constexpr std::size_t kHeadBytes = 9;
constexpr char kGo = 'G';
constexpr std::string_view kKinds = "TREIPCX";

std::optional<std::string> read_exactly(int fd, std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t taken = 0; taken < size;) {
    const ssize_t part = ::read(fd, text.data() + taken, size - taken);
    if (part < 0 && errno == EINTR) continue;
    if (part <= 0) return std::nullopt;
    taken += static_cast<std::size_t>(part);
  }
  return text;
}

struct FrameHead {
  FrameKind kind = FrameKind::ready;
  std::uint64_t size = 0;  // of the body
};

// Throws std::runtime_error on a kind that there is not.
FrameHead read_head(std::string_view text) {
  ByteReader reader(as_bytes(text.substr(0, kHeadBytes)));
  const std::uint8_t kind = reader.read_u8();
  if (kKinds.find(static_cast<char>(kind)) == std::string_view::npos) {
    throw std::runtime_error("a frame of an unknown kind came");
  }
  return {static_cast<FrameKind>(kind), reader.read_u64()};
}

}  // namespace

std::optional<Frame> await_frame(int fd) {
  const auto head_bytes = read_exactly(fd, kHeadBytes);
  if (!head_bytes) return std::nullopt;
  const FrameHead head = read_head(*head_bytes);
  auto body = read_exactly(fd, head.size);
  if (!body) return std::nullopt;
  return Frame{head.kind, std::move(*body)};
}

void write_frame(int fd, const Frame& frame) {
  ByteWriter head;
  head.write_u8(static_cast<std::uint8_t>(frame.kind));
  head.write_u64(frame.body.size());
  const std::string text = std::string(as_text(head.bytes())) + frame.body;
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t size = ::send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    sent += static_cast<std::size_t>(check_call(size, "send to the other process"));
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
  const FrameHead head = read_head(left);
  if (left.size() - kHeadBytes < head.size) return std::nullopt;
  Frame frame{head.kind, std::string(left.substr(kHeadBytes, head.size))};
  taken_ += kHeadBytes + head.size;
  return frame;
}

}  // namespace wireproof
