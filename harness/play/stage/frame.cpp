#include "play/stage/frame.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/system/system_call.h"
#include "base/text/bytes.h"

namespace wireproof {
namespace {

constexpr std::size_t kHeadBytes = 5;
constexpr std::string_view kKinds = "TGREIPCX";

struct FrameHead {
  FrameKind kind = FrameKind::ready;
  std::size_t size = 0;  // of the body
};

FrameHead read_head(std::string_view text) {
  ByteReader reader(as_bytes(text.substr(0, kHeadBytes)));
  const std::uint8_t kind = reader.read_u8();
  const std::size_t size = reader.read_u32();
  if (kKinds.find(static_cast<char>(kind)) == std::string_view::npos) {
    throw std::runtime_error("a frame of an unknown kind came");
  }
  if (size > kMaxFrameBody) {
    throw std::runtime_error("a frame of " + std::to_string(size) + " bytes was announced");
  }
  return {static_cast<FrameKind>(kind), size};
}

}  // namespace

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
  const FrameHead head = read_head(left);
  if (left.size() - kHeadBytes < head.size) return std::nullopt;
  Frame frame{head.kind, std::string(left.substr(kHeadBytes, head.size))};
  taken_ += kHeadBytes + head.size;
  return frame;
}

Frame write_order(const PlayOrder& order) {
  ByteWriter body;
  body.write_u32(order.play);
  body.write_u32(order.patience);
  return {FrameKind::play, std::string(as_text(body.bytes()))};
}

PlayOrder read_order(const std::string& body) {
  ByteReader reader(as_bytes(body));
  PlayOrder order;
  order.play = reader.read_u32();
  order.patience = reader.read_u32();
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
