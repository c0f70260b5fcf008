// The program that the tracer's tests trace: its first argument says what it does. Every part is
// as plain as a student's program; what the tests expect is the order of its calls.

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <thread>

#include "machine/trace/tracee_kinds.h"
#include "machine/trace/tracee_sockets.h"

namespace wireproof::tracee {
namespace {

std::uint16_t port_argument(char** arguments) {
  return static_cast<std::uint16_t>(std::atoi(arguments[2]));
}

void echo(int connection) {
  std::array<char, 64> data{};
  for (;;) {
    const long size = check(::recv(connection, data.data(), data.size(), 0));
    if (size == 0) break;
    check(::send(connection, data.data(), static_cast<std::size_t>(size), 0));
  }
  check(::close(connection));
}

const pthread_t kMainThread = ::pthread_self();

int serve_one(char**) {
  const int listener = listen_on_loopback();
  tell_port(listener);
  echo(accept_from(listener));
  check(::close(listener));
  return 0;
}

int ask(char** arguments) {
  const int client = connect_to(port_argument(arguments));
  std::array<char, 64> data{};
  check(::send(client, "hello", 5, 0));
  check(::recv(client, data.data(), data.size(), 0));
  check(::shutdown(client, SHUT_WR));
  check(::recv(client, data.data(), data.size(), 0));
  check(::close(client));
  return 0;
}

int serve_with_threads(char**) {
  const int listener = listen_on_loopback();
  tell_port(listener);
  std::thread first(echo, accept_from(listener));
  std::thread second(echo, accept_from(listener));
  first.join();
  second.join();
  return 0;
}

// The first thread ends; the others are the process.
int serve_without_main(char**) {
  const int listener = listen_on_loopback();
  tell_port(listener);
  std::thread([listener] {
    ::pthread_join(kMainThread, nullptr);
    pollfd entry{listener, POLLIN, 0};
    check(::poll(&entry, 1, -1));
    echo(accept_from(listener));
    std::_Exit(0);
  }).detach();
  ::pthread_exit(nullptr);
}

// A process per client; the parent forgets to close its copy before the child has ended.
int serve_with_fork(char**) {
  const int listener = listen_on_loopback();
  tell_port(listener);
  const int connection = accept_from(listener);
  const pid_t child = ::fork();
  if (child == 0) {
    check(::close(listener));
    std::array<char, 64> data{};
    check(::recv(connection, data.data(), data.size(), 0));
    check(::close(connection));
    std::_Exit(0);
  }
  check(::waitpid(child, nullptr, 0));
  check(::close(connection));
  return 0;
}

// The child has its parent's table of descriptors, not a copy, and is no thread.
int share_descriptors(char**) {
  const Pair pair = make_pair();
  const pid_t child =
      static_cast<pid_t>(check(::syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0)));
  if (child == 0) {
    check(::close(pair.server));
    ::_exit(0);
  }
  check(::waitpid(child, nullptr, 0));
  char byte = 0;
  return ::recv(pair.client, &byte, 1, 0) == 0 && ::fcntl(pair.server, F_GETFD) == -1 ? 0 : 1;
}

int exec_in_thread(char** arguments) {
  std::thread([arguments] {
    ::execl("/proc/self/exe", "tracee", "ask", arguments[2], nullptr);
  }).join();
  return 1;
}

int exec_with_sockets(char**) {
  const int kept = listen_on_loopback();
  const int closed = listen_on_loopback();
  check(::fcntl(closed, F_SETFD, FD_CLOEXEC));
  ::execl("/proc/self/exe", "tracee", "close", std::to_string(kept).c_str(), nullptr);
  return 1;
}

int close_one(char** arguments) {
  check(::close(std::atoi(arguments[2])));
  return 0;
}

// As a program in an endless loop does: so many calls, none of which comes to anything.
int call_often(char** arguments) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  for (long left = std::strtol(arguments[2], nullptr, 10); left > 0; --left) {
    ::shutdown(socket, SHUT_RD);
  }
  return 0;
}

int wait_for_ever(char**) {
  const Pair pair = make_pair();
  char byte = 0;
  return static_cast<int>(::recv(pair.server, &byte, 1, 0));
}

int be_interrupted(char** arguments) {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  action.sa_flags = std::strcmp(arguments[2], "restart") == 0 ? SA_RESTART : 0;
  check(::sigaction(SIGUSR1, &action, nullptr));
  const Pair pair = make_pair();
  char byte = 0;
  if (::recv(pair.server, &byte, 1, 0) < 0 && errno == EINTR) return 4;
  return 0;
}

int transfer(char**) {
  const Pair pair = make_pair();
  std::array<char, 64> data{};
  std::array<iovec, 2> parts{iovec{data.data(), 3}, iovec{data.data(), 4}};
  check(::writev(pair.client, parts.data(), 2));
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = 2;
  check(::sendmsg(pair.client, &message, 0));
  check(::write(pair.client, data.data(), 2));
  const int file = static_cast<int>(check(::memfd_create("file", 0)));
  check(::write(file, data.data(), 11));
  off_t offset = 0;
  check(::sendfile(pair.client, file, &offset, 11));
  std::array<mmsghdr, 2> messages{};
  for (mmsghdr& entry : messages) entry.msg_hdr = message;
  check(::sendmmsg(pair.client, messages.data(), 2, 0));
  check(::recv(pair.server, data.data(), 5, MSG_PEEK));
  check(::recv(pair.server, data.data(), 5, 0));
  check(::readv(pair.server, parts.data(), 2));
  check(::read(pair.server, data.data(), 4));
  check(::close(pair.server));
  check(::close(pair.client));
  return 0;
}

int splice_through(char**) {
  const Pair pair = make_pair();
  std::array<int, 2> ends{};
  check(::pipe(ends.data()));
  check(::write(ends[1], "12345", 5));
  check(::splice(ends[0], nullptr, pair.client, nullptr, 5, 0));
  check(::splice(pair.server, nullptr, ends[1], nullptr, 5, 0));
  return 0;
}

int duplicate(char**) {
  const Pair pair = make_pair();
  const int copy = static_cast<int>(check(::dup(pair.client)));
  check(::close(pair.client));
  check(::send(copy, "x", 1, 0));
  check(::dup2(pair.server, copy));
  return 0;
}

int close_with_unread(char**) {
  const Pair pair = make_pair();
  check(::send(pair.client, "12345", 5, 0));
  char byte = 0;
  check(::recv(pair.server, &byte, 1, 0));
  const linger option{1, 0};
  check(::setsockopt(pair.client, SOL_SOCKET, SO_LINGER, &option, sizeof option));
  check(::close(pair.server));
  check(::close(pair.client));
  return 0;
}

int wait_by_poll(char**) {
  const Pair pair = make_pair();
  check(::send(pair.client, "x", 1, 0));
  std::array<pollfd, 2> entries{pollfd{pair.client, POLLIN, 0}, pollfd{pair.server, POLLIN, 0}};
  check(::poll(entries.data(), entries.size(), -1));
  return 0;
}

int wait_by_select(char**) {
  const Pair pair = make_pair();
  fd_set reads;
  FD_ZERO(&reads);
  FD_SET(pair.server, &reads);
  fd_set writes;
  FD_ZERO(&writes);
  FD_SET(pair.client, &writes);
  timeval no_time{};
  check(::select(64, &reads, &writes, nullptr, &no_time));
  return 0;
}

void add_to(int poller, int socket) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = 1000U + static_cast<unsigned>(socket);
  check(::epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event));
}

int wait_by_epoll(char**) {
  const Pair pair = make_pair();
  const int poller = static_cast<int>(check(::epoll_create1(0)));
  for (const int socket : {pair.client, pair.server}) add_to(poller, socket);
  check(::send(pair.client, "x", 1, 0));
  std::array<epoll_event, 4> events{};
  check(::epoll_wait(poller, events.data(), events.size(), -1));
  check(::fcntl(pair.server, F_SETFL, O_NONBLOCK));
  char byte = 0;
  check(::recv(pair.server, &byte, 1, 0));
  static_cast<void>(::recv(pair.server, &byte, 1, 0));
  return 0;
}

// One client, by a server that does not expect to be interrupted: EINTR ends it.
int serve_by_epoll(char**) {
  const int listener = listen_on_loopback();
  const int poller = static_cast<int>(check(::epoll_create1(0)));
  add_to(poller, listener);
  tell_port(listener);
  std::array<epoll_event, 4> events{};
  check(::epoll_wait(poller, events.data(), events.size(), -1));
  const int connection = accept_from(listener);
  check(::fcntl(connection, F_GETFL));
  add_to(poller, connection);
  std::array<char, 64> data{};
  for (long size = 1; size > 0;) {
    check(::epoll_wait(poller, events.data(), events.size(), -1));
    size = check(::recv(connection, data.data(), data.size(), 0));
    if (size > 0) check(::send(connection, data.data(), static_cast<std::size_t>(size), 0));
  }
  check(::close(connection));
  return 0;
}

int serve_by_poll(char**) {
  const int listener = listen_on_loopback();
  tell_port(listener);
  pollfd entry{listener, POLLIN, 0};
  check(::poll(&entry, 1, -1));
  echo(accept_from(listener));
  return 0;
}

int ask_for_io_uring(char**) {
  return ::syscall(SYS_io_uring_setup, 1, nullptr) == -1 && errno == ENOSYS ? 0 : 1;
}

void send_descriptor(int over, int descriptor) {
  char byte = 'x';
  iovec part{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  check(::sendmsg(over, &message, 0));
}

int pass_descriptor(char**) {
  std::array<int, 2> ends{};
  check(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()));
  const Pair pair = make_pair();
  send_descriptor(ends[0], pair.client);
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  check(::recvmsg(ends[1], &message, 0));
  check(::close(pair.client));
  return 0;
}

// As a shell does it: the child stops itself, and goes on when its parent says so.
int control_job(char**) {
  std::array<int, 2> ends{};
  check(::pipe2(ends.data(), O_NONBLOCK));
  const pid_t child = static_cast<pid_t>(check(::fork()));
  if (child == 0) {
    check(::raise(SIGSTOP));
    check(::write(ends[1], "x", 1));
    std::_Exit(0);
  }
  int status = 0;
  check(::waitpid(child, &status, WUNTRACED));
  char byte = 0;
  const bool stopped = WIFSTOPPED(status) && ::read(ends[0], &byte, 1) == -1;
  check(::kill(child, SIGCONT));
  check(::waitpid(child, &status, 0));
  return stopped && WIFEXITED(status) && ::read(ends[0], &byte, 1) == 1 ? 0 : 1;
}

const std::map<std::string, int (*)(char**)> kParts{
    {"serve-one", serve_one},
    {"ask", ask},
    {"serve-with-threads", serve_with_threads},
    {"serve-without-main", serve_without_main},
    {"serve-with-fork", serve_with_fork},
    {"serve-by-epoll", serve_by_epoll},
    {"serve-by-poll", serve_by_poll},
    {"share-descriptors", share_descriptors},
    {"exec-in-thread", exec_in_thread},
    {"exec-with-sockets", exec_with_sockets},
    {"close", close_one},
    {"call-often", call_often},
    {"wait-for-ever", wait_for_ever},
    {"be-interrupted", be_interrupted},
    {"transfer", transfer},
    {"splice", splice_through},
    {"duplicate", duplicate},
    {"close-with-unread", close_with_unread},
    {"poll", wait_by_poll},
    {"select", wait_by_select},
    {"epoll", wait_by_epoll},
    {"io-uring", ask_for_io_uring},
    {"pass-descriptor", pass_descriptor},
    {"control-job", control_job},
    {"start-untraced", start_untraced},
    {"multipath", use_multipath},
    {"open-by-send", open_by_send},
    {"receive-datagrams", receive_datagrams},
    {"send-segments", send_segments},
    {"read-urgent-inline", read_urgent_inline},
    {"ask-for-tracer", ask_for_tracer},
};

}  // namespace
}  // namespace wireproof::tracee

int main(int count, char** arguments) {
  if (count < 2) return 8;
  return wireproof::tracee::kParts.at(arguments[1])(arguments);
}
