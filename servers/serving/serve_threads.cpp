#include <sys/socket.h>

#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "servers/serving/listen.h"

namespace wireproof {
namespace {

enum class Turns : std::uint8_t { side_by_side, one_by_one };

// A thread in accept(), and one in recv() or send() for every client; or, one by one, the same
// thread serves a client to its end, and only then accepts the next: the kernel completes the
// handshakes of those who wait and keeps what they send. It stops by shutdown() of the sockets,
// which wakes every thread that waits in one; a close() would not.
class BlockingServing : public ClientServing {
 public:
  BlockingServing(ServedSocket socket, Turns turns) : socket_(std::move(socket)), turns_(turns) {}

  void run() override {
    while (wait_for_room()) {
      AcceptedClient client = accept_client(socket_.fd, socket_.log);
      if (client.acceptance == Acceptance::exhausted) wait_after_failed_accept();
      if (client.acceptance == Acceptance::accepted) start_client(std::move(client));
    }
    for (Client& client : clients_) {
      if (client.thread.joinable()) client.thread.join();
    }
  }

  void stop() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      ::shutdown(socket_.fd, SHUT_RDWR);
      for (const Client& client : clients_) ::shutdown(client.fd.get(), SHUT_RDWR);
    }
    client_ended_.notify_all();
  }

 private:
  struct Client {
    UniqueFd fd;
    std::jthread thread;
    bool ended = false;
    std::optional<Deadline> given_up;  // its thread is over, it is not
  };

  bool wait_for_room() {
    std::unique_lock lock(mutex_);
    reap_ended_clients();
    while (!stopping_ && clients_.size() >= kMaxClients) {
      client_ended_.wait(lock);
      reap_ended_clients();
    }
    return !stopping_;
  }

  void wait_after_failed_accept() {
    std::unique_lock lock(mutex_);
    if (!stopping_) client_ended_.wait_for(lock, kMaxWaitAfterFailedAccept);
  }

  void start_client(AcceptedClient accepted) {
    Client* client = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      if (socket_.service.conduct.frees_kept_at_accept) free_kept_clients();
      client = &clients_.emplace_back();
      client->fd = std::move(accepted.fd);
    }
    if (turns_ == Turns::one_by_one) return serve_client(*client, accepted.peer);
    try {
      client->thread =
          std::jthread([this, client, peer = accepted.peer] { serve_client(*client, peer); });
    } catch (const std::system_error&) {
      const std::lock_guard lock(mutex_);
      clients_.pop_back();  // no thread to be had: this client is closed, the others go on
    }
  }

  void serve_client(Client& client, const std::string& peer) {
    const ConnectionPhase end =
        serve_connection(client.fd.get(), socket_.service, peer, socket_.log);
    {
      const std::lock_guard lock(mutex_);  // stop() must not meet a reused descriptor
      client.ended = end != ConnectionPhase::kept;
      if (client.ended) {
        client.fd.reset();
      } else {
        client.given_up = Deadline(socket_.service.conduct.patience);
      }
    }
    client_ended_.notify_all();
  }

  // Joins under the lock: a thread that has set `ended` needs the lock no more.
  void reap_ended_clients() {
    clients_.remove_if([](const Client& client) { return client.ended; });
  }

  // Only those whom their client has given up: an accept() that comes late, for a client who was
  // there before, must not look like the next.
  void free_kept_clients() {
    clients_.remove_if(
        [](const Client& client) { return client.given_up && client.given_up->is_over(); });
  }

  const ServedSocket socket_;
  const Turns turns_;

  std::mutex mutex_;  // guards all below
  std::condition_variable client_ended_;
  std::list<Client> clients_;
  bool stopping_ = false;
};

}  // namespace

std::unique_ptr<ClientServing> serve_by_threads(ServedSocket socket) {
  return std::make_unique<BlockingServing>(std::move(socket), Turns::side_by_side);
}

std::unique_ptr<ClientServing> serve_one_by_one(ServedSocket socket) {
  return std::make_unique<BlockingServing>(std::move(socket), Turns::one_by_one);
}

}  // namespace wireproof
