#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "base/system/system_call.h"
#include "servers/faults/misconduct.h"
#include "servers/registry.h"
#include "servers/serving/listen.h"
#include "servers/serving/service.h"

namespace wireproof {
namespace {

// SIGINT and SIGTERM held back, for this thread and those it starts, so that wait() takes them
// whenever they come, also before it is called. What a forked process has inherited does not
// matter: a handler of the parent does not run, and Linux keeps a blocked signal even where its
// action is to ignore it.
class StopSignals {
 public:
  StopSignals() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGINT);
    ::sigaddset(&signals_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals_, &old_mask_);
  }
  ~StopSignals() { ::pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr); }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  void wait() const {
    int number = 0;
    while (::sigwait(&signals_, &number) != 0) {
    }
  }

 private:
  sigset_t signals_{};
  sigset_t old_mask_{};
};

ListenOptions listen_options(const ServerInfo& server, const ServeOptions& options) {
  ListenOptions result;
  result.host = options.host;
  if (options.tcp_port != 0) result.tcp_port = options.tcp_port;
  if (options.udp_port != 0) result.udp_port = options.udp_port;
  result.way = options.way.value_or(server.way);
  if (options.print) {
    // stdio locks the stream for each call, so lines of different threads do not mix.
    result.log = [](const std::string& line) {
      std::fputs((line + "\n").c_str(), stdout);
      std::fflush(stdout);
    };
  }
  return result;
}

void check_transports(const ServerInfo& server, const ServeOptions& options) {
  if (options.tcp_port == 0 && options.udp_port == 0) {
    throw std::invalid_argument(fmt::format("server {} was given no port", server.name));
  }
  if (options.tcp_port != 0 && server.tcp_port == 0) {
    throw std::invalid_argument(fmt::format("server {} does not speak TCP", server.name));
  }
  if (options.udp_port != 0 && server.udp_port == 0) {
    throw std::invalid_argument(fmt::format("server {} does not speak UDP", server.name));
  }
}

void report_ready(int fd) {
  const char byte = '.';
  while (::write(fd, &byte, 1) == -1) {
    if (errno != EINTR) throw SystemError("report that the server is ready", errno);
  }
}

}  // namespace

int serve(const ServerInfo& server, const ServeOptions& options) {
  const ReferenceServer* const reference = find_reference_server(server.name);
  if (reference == nullptr) {
    throw std::invalid_argument(fmt::format("there is no server {}", server.name));
  }
  check_transports(server, options);
  Service service = make_service(*reference, options.parameters);
  service.conduct.patience = options.patience;
  service = with_fault(std::move(service), server, options.fault);
  service = with_variant(std::move(service), server, options.variant);
  const StopSignals stop;
  const Listener listener(service, listen_options(server, options));
  if (options.ready_fd >= 0) report_ready(options.ready_fd);
  stop.wait();
  return 0;
}

}  // namespace wireproof
