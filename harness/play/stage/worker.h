#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/system/deadline.h"
#include "base/system/system_call.h"
#include "packets/wire/packet.h"

namespace wireproof {

// What the main process and its workers say to each other over a stream socket: frames of a kind
// (1 byte), the size of the body (4 bytes, big-endian) and the body.
//
// A stage of `run` waits for a play, says `ready`, waits for `go`, sends its result and, once all
// of that play is closed, `idle`; then it waits for the next play. The worker of `trace` sends
// packets and calls as they come, then its result or why there is none; `go` ends its run.
enum class FrameKind : std::uint8_t {
  play = 'T',
  go = 'G',
  ready = 'R',
  result = 'E',
  final_result = 'F',  // one that a replay would not change
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
constexpr std::size_t kMaxFrameBody = std::size_t{512} << 20;  // bytes

// Returns when all is written. Throws SystemError when the other end is closed, std::length_error
// for a body of more than kMaxFrameBody: of that one nothing is written.
void write_frame(int fd, const Frame& frame);

// Puts frames together, however they were cut.
class FrameReader {
 public:
  // Takes what is there and does not wait; false: behind that the other end is closed.
  bool take(int fd);
  // Waits for a whole frame. None: the other end was closed behind a whole one. Throws as next()
  // does, and std::runtime_error when the stream ends within a frame.
  std::optional<Frame> await(int fd);
  // The next one that is whole. Throws std::runtime_error on a kind that there is not and on a size
  // beyond kMaxFrameBody: what comes behind cannot be read either.
  std::optional<Frame> next();
  // Whether a part of a frame is here.
  bool has_part() const { return taken_ < buffer_.size(); }

 private:
  ssize_t read_part(int fd, int flags);

  std::string buffer_;
  std::size_t taken_ = 0;  // of the buffer
};

// The body of `play`.
struct PlayOrder {
  std::uint32_t play = 0;  // its index among the run's plays, which were there before the fork
  // How many times the play's own time limit it is given, and its capture's reader the time after
  // which it loses packets.
  std::uint32_t patience = 1;
  bool is_traced = false;  // also where the sheet does not need it, if the machine allows it

  bool operator==(const PlayOrder&) const = default;
};
Frame write_order(const PlayOrder& order);
// Throws std::runtime_error on a body that write_order() did not make.
PlayOrder read_order(const std::string& body);

Frame write_packet_frame(const RawPacket& packet);
// Throws std::runtime_error on a body that write_packet_frame() did not make.
void read_packet_frame(const std::string& body, PacketStore& packets);

// A forked process that works for this one, and the link to it. It leads a group of its own,
// ignores Ctrl-C, ends with this process and has no other descriptor but the standard ones.
class Worker {
 public:
  // Forks a process that runs `body` with its end of the link and ends. Throws SystemError.
  explicit Worker(const std::function<void(const UniqueFd& link)>& body);
  // Kills what is left.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  pid_t process() const { return process_; }
  int link_fd() const { return link_.get(); }    // readable: call read(); -1: closed
  int ended_fd() const { return ended_.get(); }  // readable: call end()

  // One that is gone, or cannot be told, closes its link and ends: nothing else says so.
  void send(const Frame& frame);
  // Takes what it has sent by now; false: it has closed the link.
  bool read();
  // Of what was read. Throws as FrameReader::next() does.
  std::optional<Frame> next() { return frames_.next(); }

  // Until when it may take; at first as long as it likes.
  void allow(const Deadline& deadline) { deadline_ = deadline; }
  const Deadline& deadline() const { return deadline_; }

  // Kills its group and reaps it: its wait status. Once.
  int end();

 private:
  pid_t process_ = -1;  // after its end, too
  bool ended_already_ = false;
  UniqueFd link_;
  UniqueFd ended_;  // pidfd
  FrameReader frames_;
  Deadline deadline_ = Deadline::never();
};

}  // namespace wireproof
