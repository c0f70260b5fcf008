#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>

namespace wireproof {

// A server that nobody of the run has started, in a process of its own.
class StrangeServer {
 public:
  static constexpr std::uint16_t kPort = 7000;

  // `serve` gets the listening socket.
  explicit StrangeServer(const std::function<void(int)>& serve);
  ~StrangeServer();
  StrangeServer(const StrangeServer&) = delete;
  StrangeServer& operator=(const StrangeServer&) = delete;

  pid_t process() const { return process_; }
  // What /proc/PID/status says under this name; empty: the process is gone.
  std::string status(const std::string& name) const;
  void await_end() const;

 private:
  pid_t process_ = -1;
};

}  // namespace wireproof
