#include <sys/socket.h>

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "servers/serving/client_serving.h"
#include "servers/serving/server_socket.h"

namespace wireproof {
namespace {

// One thread that accepts a client, serves it to its end, and only then accepts the next. The
// kernel completes the handshakes of those who wait and keeps what they send.
class SerialServing : public ClientServing {
 public:
  explicit SerialServing(ServedSocket socket) : socket_(std::move(socket)) {}

  void run() override {
    while (!stopping()) {
      AcceptedClient client = accept_client(socket_.fd, socket_.log);
      if (client.acceptance == Acceptance::exhausted) wait_after_failed_accept();
      if (client.acceptance == Acceptance::accepted) serve_client(std::move(client));
    }
  }

  void stop() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      ::shutdown(socket_.fd, SHUT_RDWR);
      if (client_) ::shutdown(client_.get(), SHUT_RDWR);
    }
    stop_called_.notify_all();
  }

 private:
  bool stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  void wait_after_failed_accept() {
    std::unique_lock lock(mutex_);
    stop_called_.wait_for(lock, kMaxWaitAfterFailedAccept, [this] { return stopping_; });
  }

  void serve_client(AcceptedClient accepted) {
    const int fd = accepted.fd.get();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      client_ = std::move(accepted.fd);
    }
    const ConnectionPhase end = serve_connection(fd, socket_.service, accepted.peer, socket_.log);
    const std::lock_guard lock(mutex_);  // stop() must not meet a reused descriptor
    if (end == ConnectionPhase::kept) kept_.push_back(std::move(client_));
    client_.reset();
  }

  const ServedSocket socket_;

  std::mutex mutex_;  // guards all below
  std::condition_variable stop_called_;
  UniqueFd client_;
  std::vector<UniqueFd> kept_;
  bool stopping_ = false;
};

}  // namespace

std::unique_ptr<ClientServing> serve_one_by_one(ServedSocket socket) {
  return std::make_unique<SerialServing>(std::move(socket));
}

}  // namespace wireproof
