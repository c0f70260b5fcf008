#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>

#include "base/system/deadline.h"
#include "base/system/system_call.h"
#include "play/stage/frame.h"

namespace wireproof {

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

  // One that is gone is noticed by its ended_fd() alone.
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
