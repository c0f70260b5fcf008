#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <list>
#include <utility>
#include <vector>

#include "base/system/deadline.h"
#include "servers/serving/listen.h"

namespace wireproof {
namespace {

// Longer than a kernel delays an ACK (40 ms) that the client may need to say more.
constexpr std::chrono::milliseconds kMomentOfSilence{100};

short wanted_events(ConnectionPhase phase) {
  if (phase == ConnectionPhase::pausing) return 0;
  return phase == ConnectionPhase::sending ? POLLOUT : POLLIN;
}

// Whether the peer has acknowledged every byte (SIOCOUTQ, tcp(7)).
bool has_taken_all(int fd) {
  int unacknowledged = 0;
  return ::ioctl(fd, SIOCOUTQ, &unacknowledged) != 0 || unacknowledged == 0;
}

// One thread for all clients. No socket call waits; all waiting is in poll(), which tells whose
// turn it is. A turn is a single system call, so that no client holds up the others, and the rest
// of an answer that a slow reader does not take stays in its Connection.
class SelectServing : public ClientServing {
 public:
  explicit SelectServing(ServedSocket socket) : socket_(std::move(socket)) {
    make_nonblocking(socket_.fd);
  }

  void run() override {
    while (wait_for_events()) {
      if (events_[kListening].revents != 0) accept_next();
      serve_ready_clients();
    }
    clients_.clear();
  }

  void stop() override { stop_.set(); }

 private:
  struct Client {
    UniqueFd fd;
    std::string peer;
    Connection connection;
  };

  static constexpr std::size_t kStop = 0;  // places in events_; clients follow in their order
  static constexpr std::size_t kListening = 1;
  static constexpr std::size_t kFirstClient = 2;

  // False when it is time to stop.
  bool wait_for_events() {
    const bool listens = !accept_failed_ && clients_.size() < kMaxClients;
    events_.clear();
    events_.push_back({stop_.fd(), POLLIN, 0});
    events_.push_back({listens ? socket_.fd : -1, POLLIN, 0});  // -1: poll() passes over it
    for (const Client& client : clients_) {
      const ConnectionPhase phase = client.connection.phase();
      const int fd = phase == ConnectionPhase::kept ? -1 : client.fd.get();
      events_.push_back({fd, wanted_events(phase), 0});
    }
    const Deadline wait = next_deadline();
    accept_failed_ = false;
    await_any(events_, wait, "wait for clients");
    return events_[kStop].revents == 0;
  }

  Deadline next_deadline() const {
    Deadline next = accept_failed_ ? Deadline(kMaxWaitAfterFailedAccept) : Deadline::never();
    for (const Client& client : clients_) {
      const auto deadline = client.connection.deadline();
      if (deadline) next = std::min(next, *deadline);
    }
    return next;
  }

  void serve_ready_clients() {
    auto client = clients_.begin();
    for (std::size_t place = kFirstClient; place < events_.size(); ++place) {
      const auto deadline = client->connection.deadline();
      // An error or a hang-up comes unasked; the step finds out what it is.
      if (events_[place].revents != 0 || (deadline && deadline->is_over()))
        client->connection.step();
      if (conduct().stays_with_client && events_[place].revents != 0) stay_with(*client);
      client = client->connection.phase() == ConnectionPhase::over ? end_client(client)
                                                                   : std::next(client);
    }
  }

  std::list<Client>::iterator end_client(std::list<Client>::iterator client) {
    if (socket_.log) socket_.log(render_end(client->peer, client->connection.phase()));
    const auto next = clients_.erase(client);
    if (conduct().replies_to_newest) reply_to_newest();
    return next;
  }

  const Conduct& conduct() const { return socket_.service.conduct; }

  // A fault: nobody else gets a turn before this client says nothing for a moment, and none at all
  // while it does not take its answer, be that here or already in the kernel's buffer.
  void stay_with(Client& client) const {
    std::array<pollfd, 2> events = {{{stop_.fd(), POLLIN, 0}, {client.fd.get(), 0, 0}}};
    for (;;) {
      const ConnectionPhase phase = client.connection.phase();
      if (phase != ConnectionPhase::sending && phase != ConnectionPhase::reading) return;
      const bool is_sending = phase == ConnectionPhase::sending;
      events[1].events = wanted_events(phase);
      await_any(events, is_sending ? Deadline::never() : Deadline(kMomentOfSilence),
                "wait for a client");
      const bool is_silent = events[1].revents == 0;
      if (events[0].revents != 0 || (is_silent && has_taken_all(client.fd.get()))) return;
      if (!is_silent) client.connection.step();
    }
  }

  void reply_to_newest() {
    for (Client& client : clients_) client.connection.reply_through(clients_.back().fd.get());
  }

  // Shutting a listening socket down resets the connections that it holds for accept(). It keeps
  // its port if that was asked for by number.
  void reset_waiting_clients() const {
    ::shutdown(socket_.fd, SHUT_RDWR);
    ::listen(socket_.fd, SOMAXCONN);
  }

  // Its clients are asked about from the next poll() on.
  void accept_next() {
    if (conduct().resets_waiting && !clients_.empty()) return reset_waiting_clients();
    AcceptedClient accepted = accept_client(socket_.fd, socket_.log, SOCK_NONBLOCK);
    accept_failed_ = accepted.acceptance == Acceptance::exhausted;
    if (accepted.acceptance != Acceptance::accepted) return;
    Connection connection(accepted.fd.get(), socket_.service, accepted.peer, socket_.log);
    clients_.push_back({std::move(accepted.fd), accepted.peer, std::move(connection)});
    if (conduct().replies_to_newest) reply_to_newest();
  }

  const ServedSocket socket_;
  const StopEvent stop_;
  std::list<Client> clients_;
  std::vector<pollfd> events_;
  bool accept_failed_ = false;
};

}  // namespace

std::unique_ptr<ClientServing> serve_by_select(ServedSocket socket) {
  return std::make_unique<SelectServing>(std::move(socket));
}

}  // namespace wireproof
