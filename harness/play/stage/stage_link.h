#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace wireproof {

// The stream between the main process and a stage: the stage waits for a play, says `ready`, waits
// for one byte ("go"), sends its result and, once all of that play is closed, `idle`; then it waits
// for the next play. A stage of `trace` sends packets and calls as they come, then its result or
// why there is none; the byte ends its run. A frame is a kind, a size (8 bytes, big-endian) and a
// body.
enum class FrameKind : std::uint8_t {
  play = 'T',
  ready = 'R',
  result = 'E',
  idle = 'I',
  packet = 'P',
  calls = 'C',
  refusal = 'X',
};

struct Frame {
  FrameKind kind = FrameKind::ready;
  std::string body;

  bool operator==(const Frame&) const = default;
};

// Blocks until all is written; throws SystemError when the other process is gone.
void write_frame(int fd, const Frame& frame);

// Blocks until the main process sends a frame; none when it has closed the link.
std::optional<Frame> await_frame(int fd);

// Blocks until the main process says go; false when it has closed the link.
bool await_go(int fd);
// Never blocks; a stage that is gone is noticed elsewhere.
void give_go(int fd);

// Puts frames together from what has arrived on a non-blocking descriptor.
class FrameReader {
 public:
  // Takes what is there; true when the other end is closed.
  bool read_from(int fd);
  // Throws std::runtime_error on a kind that no stage sends.
  std::optional<Frame> next();

 private:
  std::string buffer_;
  std::size_t taken_ = 0;  // of the buffer
};

}  // namespace wireproof
