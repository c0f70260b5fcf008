#include <sys/socket.h>

#include <algorithm>
#include <string>

#include "fuzz/targets.h"
#include "play/stage/worker.h"

// What comes out of the link to a worker; the first byte says in how large pieces.
namespace wireproof {
namespace {

struct Link {
  UniqueFd ours;
  UniqueFd theirs;
};

Link open_link() {
  int ends[2] = {-1, -1};
  check_call(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// A body by whoever reads it, which may refuse it in one way alone.
void read_body(const Frame& frame) {
  try {
    if (frame.kind == FrameKind::play) {
      promise(write_order(read_order(frame.body)) == frame, "an order is written as it was read");
    } else if (frame.kind == FrameKind::packet) {
      PacketStore packets;
      read_packet_frame(frame.body, packets);
      promise(packets.size() == 1, "a body is a packet");
      promise(write_packet_frame(packets.at(0)) == frame, "a packet is written as it was read");
    }
  } catch (const std::runtime_error&) {  // a body that no worker writes
  }
}

}  // namespace

void fuzz_frames(ByteView input) {
  constexpr std::size_t kMostBytes = 64 * 1024;  // a socket's buffer takes them
  if (input.empty()) return;
  const std::size_t piece_size = 1 + std::size_t{input[0]} * 16;
  const std::string_view stream = as_text(input.subspan(1)).substr(0, kMostBytes);
  const Link link = open_link();
  const Link back = open_link();
  FrameReader reader;
  std::size_t read_bytes = 0;
  try {
    for (std::size_t at = 0; at < stream.size(); at += piece_size) {
      write_all(link.theirs.get(), stream.substr(at, piece_size), "write a piece");
      promise(reader.take(link.ours.get()), "the link is open");
      while (const auto frame = reader.next()) {
        write_frame(back.theirs.get(), *frame);
        std::string again(5 + frame->body.size(), '\0');
        promise(::recv(back.ours.get(), again.data(), again.size(), MSG_WAITALL) ==
                    static_cast<ssize_t>(again.size()),
                "a frame can be written");
        promise(stream.substr(read_bytes, again.size()) == again, "and is the same bytes");
        read_bytes += again.size();
        read_body(*frame);
      }
    }
    promise(reader.has_part() == (read_bytes < stream.size()), "what is left is a part");
  } catch (const std::runtime_error&) {  // no frame
  }
}

}  // namespace wireproof
