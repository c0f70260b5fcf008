#include "live/strange_server.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "live/echo_server.h"

namespace wireproof {

StrangeServer::StrangeServer(const std::function<void(int)>& serve) {
  const UniqueFd listener = listen_on(kPort);
  process_ = ::fork();
  if (process_ != 0) return;
  serve(listener.get());
  ::_exit(0);
}

StrangeServer::~StrangeServer() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

std::string StrangeServer::status(const std::string& name) const {
  std::ifstream file("/proc/" + std::to_string(process_) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
  }
  return "";
}

void StrangeServer::await_end() const {
  siginfo_t state{};
  ::waitid(P_PID, static_cast<id_t>(process_), &state, WEXITED | WNOWAIT);
}

}  // namespace wireproof
