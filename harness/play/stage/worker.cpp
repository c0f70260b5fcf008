#include "play/stage/worker.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/system/process.h"
#include "base/text/bytes.h"
#include "machine/host/child_processes.h"

namespace wireproof {
namespace {

constexpr int kLinkFd = 3;

// The forked process: never returns.
[[noreturn]] void become_worker(const std::function<void(const UniqueFd& link)>& body, pid_t parent,
                                int link_fd) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it ended before the line above
  // Ctrl-C is the main process's affair; what it blocked is none of ours.
  ::signal(SIGINT, SIG_IGN);
  unblock_signals();
  // Descriptors of other workers must not live on in this one.
  if (link_fd != kLinkFd && ::dup2(link_fd, kLinkFd) < 0) ::_exit(1);
  ::close_range(kLinkFd + 1, ~0U, 0);
  const UniqueFd link(kLinkFd);
  int code = 0;
  try {
    body(link);
  } catch (const std::exception&) {
    code = 1;  // the main process is gone, or says that no result came
  }
  // Not exit(): what the main process registered or buffered is not ours to end.
  ::_exit(code);
}

constexpr std::size_t kHeadBytes = 5;
constexpr std::string_view kKinds = "TGREFIPCX";

}  // namespace

Worker::Worker(const std::function<void(const UniqueFd& link)>& body) {
  std::array<int, 2> ends{};
  check_call(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()),
             "open a worker's link");
  link_.reset(ends[0]);
  const UniqueFd other(ends[1]);
  std::fflush(nullptr);  // else the child holds a copy of what is buffered
  const pid_t parent = ::getpid();
  process_ = static_cast<pid_t>(check_call(::fork(), "fork a worker"));
  if (process_ == 0) become_worker(body, parent, other.get());
  ::setpgid(process_, process_);  // whoever comes first
  try {
    ended_ = open_process(process_);
  } catch (const SystemError&) {
    end();
    throw;
  }
}

Worker::~Worker() {
  if (!ended_already_) end();
}

void Worker::send(const Frame& frame) {
  if (!link_) return;
  try {
    write_frame(link_.get(), frame);
  } catch (const SystemError&) {
    // It waits for what will not come: to both of us it looks as if the other one had ended.
    ::shutdown(link_.get(), SHUT_RDWR);
  }
}

bool Worker::read() {
  if (!link_) return false;
  if (frames_.take(link_.get())) return true;
  link_.reset();
  return false;
}

int Worker::end() {
  int status = 0;
  ::kill(-process_, SIGKILL);
  ::kill(process_, SIGKILL);  // where it could make no group
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) continue;
  ended_already_ = true;
  return status;
}

void write_frame(int fd, const Frame& frame) {
  if (frame.body.size() > kMaxFrameBody) {
    throw std::length_error("what is to be sent has " + std::to_string(frame.body.size()) +
                            " bytes, at most " + std::to_string(kMaxFrameBody) + " fit");
  }
  ByteWriter head;
  head.write_u8(static_cast<std::uint8_t>(frame.kind));
  head.write_u32(static_cast<std::uint32_t>(frame.body.size()));
  const std::string text = std::string(as_text(head.bytes())) + frame.body;
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t size = ::send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    sent += static_cast<std::size_t>(check_call(size, "send to the other process"));
  }
}

// As recv(2).
ssize_t FrameReader::read_part(int fd, int flags) {
  buffer_.erase(0, std::exchange(taken_, 0));
  std::array<char, 65536> part{};
  ssize_t size = 0;
  do {
    size = ::recv(fd, part.data(), part.size(), flags);
  } while (size < 0 && errno == EINTR);
  if (size > 0) buffer_.append(part.data(), static_cast<std::size_t>(size));
  return size;
}

bool FrameReader::take(int fd) {
  // More than a frame may be long is not taken at once: who never stops does not fill the memory.
  while (buffer_.size() - taken_ <= kMaxFrameBody + kHeadBytes) {
    const ssize_t size = read_part(fd, MSG_DONTWAIT);
    if (size <= 0) return size < 0 && errno == EAGAIN;
  }
  return true;
}

std::optional<Frame> FrameReader::await(int fd) {
  for (;;) {
    auto frame = next();
    if (frame) return frame;
    if (read_part(fd, 0) > 0) continue;
    if (has_part()) throw std::runtime_error("the link ended within a frame");
    return std::nullopt;
  }
}

std::optional<Frame> FrameReader::next() {
  const std::string_view left = std::string_view(buffer_).substr(taken_);
  if (left.size() < kHeadBytes) return std::nullopt;
  ByteReader head(as_bytes(left.substr(0, kHeadBytes)));
  const std::uint8_t kind = head.read_u8();
  const std::size_t size = head.read_u32();  // of the body
  if (kKinds.find(static_cast<char>(kind)) == std::string_view::npos) {
    throw std::runtime_error("a frame of an unknown kind came");
  }
  if (size > kMaxFrameBody) {
    throw std::runtime_error("a frame of " + std::to_string(size) + " bytes was announced");
  }
  if (left.size() - kHeadBytes < size) return std::nullopt;
  taken_ += kHeadBytes + size;
  return Frame{static_cast<FrameKind>(kind), std::string(left.substr(kHeadBytes, size))};
}

Frame write_order(const PlayOrder& order) {
  ByteWriter body;
  body.write_u32(order.play);
  body.write_u32(order.patience);
  body.write_u8(order.is_traced ? 1 : 0);
  return {FrameKind::play, std::string(as_text(body.bytes()))};
}

PlayOrder read_order(const std::string& body) {
  ByteReader reader(as_bytes(body));
  PlayOrder order;
  order.play = reader.read_u32();
  order.patience = reader.read_u32();
  order.is_traced = reader.read_u8() != 0;
  if (reader.failed() || !reader.rest().empty()) {
    throw std::runtime_error("the order of a play does not decode");
  }
  return order;
}

Frame write_packet_frame(const RawPacket& packet) {
  ByteWriter body;
  body.write_u64(static_cast<std::uint64_t>(packet.time.time_since_epoch().count()));
  body.write_u32(packet.original_size);
  body.write_u16(static_cast<std::uint16_t>(packet.link));
  return {FrameKind::packet,
          std::string(as_text(body.bytes())) + std::string(as_text(packet.bytes))};
}

void read_packet_frame(const std::string& body, PacketStore& packets) {
  ByteReader reader(as_bytes(body));
  RawPacket packet;
  packet.time = Timestamp(Duration(static_cast<std::int64_t>(reader.read_u64())));
  packet.original_size = reader.read_u32();
  packet.link = static_cast<LinkType>(reader.read_u16());
  packet.bytes = reader.rest();
  if (reader.failed()) throw std::runtime_error("a packet that was sent does not decode");
  packets.append(packet);
}

}  // namespace wireproof
