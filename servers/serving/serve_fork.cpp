#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "base/system/deadline.h"
#include "base/system/process.h"
#include "servers/serving/listen.h"

namespace wireproof {
namespace {

// By its number: <sys/pidfd.h> of glibc 2.36 declares pidfd_open() without C linkage. The kernel
// closes it on exec (pidfd_open(2)).
int open_pidfd(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
}

// A process for every client. The parent closes its copy of the connection at once: as long as
// anybody holds one, close() in the child sends no FIN. The child closes its copy of the listening
// socket: else the port would stay taken after the parent's end.
//
// Ended children are reaped by their pidfds, so the process keeps its SIGCHLD for itself.
class ForkServing : public ClientServing {
 public:
  explicit ForkServing(ServedSocket socket) : socket_(std::move(socket)) {
    // A client that poll() has announced may have gone again before accept().
    make_nonblocking(socket_.fd);
  }

  void run() override {
    while (wait_for_events()) {
      reap_ended_children();
      if (events_[kListening].revents != 0) accept_next();
    }
    for (const Child& child : children_) ::kill(child.pid, SIGKILL);
    for (const Child& child : children_) reap(child);
    children_.clear();
  }

  void stop() override { stop_.set(); }

 private:
  struct Child {
    pid_t pid = -1;
    UniqueFd end;  // a pidfd: readable when the process has ended
  };

  static constexpr std::size_t kStop = 0;  // places in events_; children follow in their order
  static constexpr std::size_t kListening = 1;
  static constexpr std::size_t kFirstChild = 2;

  // False when it is time to stop.
  bool wait_for_events() {
    const bool listens = !accept_failed_ && children_.size() < kMaxClients;
    events_.clear();
    events_.push_back({stop_.fd(), POLLIN, 0});
    events_.push_back({listens ? socket_.fd : -1, POLLIN, 0});  // -1: poll() passes over it
    for (const Child& child : children_) events_.push_back({child.end.get(), POLLIN, 0});
    const auto wait = accept_failed_ ? Deadline(kMaxWaitAfterFailedAccept) : Deadline::never();
    accept_failed_ = false;
    await_any(events_, wait, "wait for clients");
    return events_[kStop].revents == 0;
  }

  void reap_ended_children() {
    std::vector<Child> running;
    for (std::size_t index = 0; index < children_.size(); ++index) {
      if (events_[kFirstChild + index].revents == 0) {
        running.push_back(std::move(children_[index]));
      } else {
        reap(children_[index]);
      }
    }
    children_ = std::move(running);
  }

  static void reap(const Child& child) { await_process(child.pid); }

  void accept_next() {
    const AcceptedClient client = accept_client(socket_.fd, socket_.log);
    accept_failed_ = client.acceptance == Acceptance::exhausted;
    if (client.acceptance != Acceptance::accepted) return;
    if (socket_.service.conduct.child_holds_connection) start_child(client, &ForkServing::hold);
    start_child(client, &ForkServing::serve_client);
  }

  using Work = void (ForkServing::*)(const AcceptedClient& client) const;

  // The child ends with the parent, and never later than the work.
  void start_child(const AcceptedClient& client, Work work) {
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(1);  // it ended before that
      ::close(socket_.fd);
      (this->*work)(client);
      ::_exit(0);  // nothing of the parent's is to be torn down here
    }
    if (pid < 0) return;  // no process to be had: this client is closed, the others go on
    if (!socket_.service.conduct.waits_for_children) return;
    Child child;
    child.pid = pid;
    child.end.reset(open_pidfd(pid));
    if (child.end) {
      children_.push_back(std::move(child));
      return;
    }
    ::kill(pid, SIGKILL);  // without a pidfd nobody would reap it
    reap(child);
  }

  void serve_client(const AcceptedClient& client) const {
    const int fd = client.fd.get();
    const ConnectionPhase end = serve_connection(fd, socket_.service, client.peer, socket_.log);
    if (end == ConnectionPhase::kept) hold(client);
    if (socket_.service.conduct.closing != Closing::by_exit) ::close(fd);
  }

  void hold(const AcceptedClient&) const {
    for (;;) ::pause();
  }

  const ServedSocket socket_;
  const StopEvent stop_;
  std::vector<Child> children_;
  std::vector<pollfd> events_;
  bool accept_failed_ = false;
};

}  // namespace

std::unique_ptr<ClientServing> serve_by_fork(ServedSocket socket) {
  return std::make_unique<ForkServing>(std::move(socket));
}

}  // namespace wireproof
