#include "machine/trace/tracee_kinds.h"

#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

#include "machine/trace/tracee_sockets.h"

namespace wireproof::tracee {
namespace {

// Through which a child is asked whether it was seen.
int greet_and_end(int socket) {
  check(::send(socket, "hi", 2, 0));
  ::_exit(0);
}

bool has_ended_well(long child) {
  int status = 0;
  return ::waitpid(static_cast<pid_t>(check(child)), &status, 0) == child && status == 0;
}

struct DatagramPair {
  int client = -1;
  int server = -1;
};

int bind_datagram_socket(sockaddr_in& address) {
  const int bound = static_cast<int>(check(::socket(AF_INET, SOCK_DGRAM, 0)));
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(::bind(bound, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  address.sin_port = htons(port_of(bound));
  return bound;
}

DatagramPair make_datagram_pair() {
  sockaddr_in address{};
  DatagramPair pair;
  pair.server = bind_datagram_socket(address);
  pair.client = static_cast<int>(check(::socket(AF_INET, SOCK_DGRAM, 0)));
  check(::connect(pair.client, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  return pair;
}

}  // namespace

int start_untraced(char**) {
  const Pair pair = make_pair();
  const long first = ::syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);
  if (first == 0) greet_and_end(pair.client);
  if (!has_ended_well(first)) return 1;
  clone_args arguments{};
  arguments.flags = CLONE_UNTRACED;
  arguments.exit_signal = SIGCHLD;
  const long second = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  if (second == 0) greet_and_end(pair.client);
  return has_ended_well(second) ? 0 : 1;
}

int use_multipath(char**) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
  if (listener < 0) return 77;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  check(::listen(listener, 1));
  address.sin_port = htons(port_of(listener));
  const int client = static_cast<int>(check(::socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)));
  check(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  const int server = accept_from(listener);
  check(::send(client, "hello", 5, 0));
  std::array<char, 9> data{};
  check(::recv(server, data.data(), data.size(), 0));
  return 0;
}

int open_by_send(char**) {
  const int listener = listen_on_loopback();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port_of(listener));
  const int client = static_cast<int>(check(::socket(AF_INET, SOCK_STREAM, 0)));
  check(::sendto(client, "hello", 5, MSG_FASTOPEN, reinterpret_cast<const sockaddr*>(&address),
                 sizeof address));
  const int server = accept_from(listener);
  std::array<char, 9> data{};
  check(::recv(server, data.data(), data.size(), 0));
  return 0;
}

int receive_datagrams(char**) {
  const DatagramPair pair = make_datagram_pair();
  for (int count = 0; count < 5; ++count) check(::send(pair.client, "datagram", 8, 0));
  std::array<char, 16> data{};
  check(::recv(pair.server, data.data(), 4, 0));
  check(::read(pair.server, data.data(), 5));
  std::array<iovec, 2> parts{iovec{data.data(), 2}, iovec{data.data() + 2, 4}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  check(::recvmsg(pair.server, &message, MSG_TRUNC));
  std::array<mmsghdr, 2> messages{};
  std::array<sockaddr_in, 2> peers{};
  for (std::size_t index = 0; index < messages.size(); ++index) {
    messages[index].msg_hdr.msg_iov = &parts[index];
    messages[index].msg_hdr.msg_iovlen = 1;
    messages[index].msg_hdr.msg_name = &peers[index];
    messages[index].msg_hdr.msg_namelen = sizeof peers[index];
  }
  return check(::recvmmsg(pair.server, messages.data(), 2, 0, nullptr)) == 2 ? 0 : 1;
}

int send_segments(char**) {
  const DatagramPair pair = make_datagram_pair();
  const int bytes = 3;
  check(::setsockopt(pair.client, SOL_UDP, UDP_SEGMENT, &bytes, sizeof bytes));
  check(::send(pair.client, "aaabbbc", 7, 0));
  const int none = 0;
  check(::setsockopt(pair.client, SOL_UDP, UDP_SEGMENT, &none, sizeof none));
  check(::send(pair.client, "whole", 5, 0));
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint16_t))> control{};
  iovec part{const_cast<char*>("xxyyz"), 5};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_UDP;
  header->cmsg_type = UDP_SEGMENT;
  header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const std::uint16_t two = 2;
  std::memcpy(CMSG_DATA(header), &two, sizeof two);
  check(::sendmsg(pair.client, &message, 0));
  return 0;
}

int read_urgent_inline(char**) {
  const Pair pair = make_pair();
  check(::send(pair.client, "a", 1, MSG_OOB));
  const int on = 1;
  check(::setsockopt(pair.server, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on));
  char byte = 0;
  check(::recv(pair.server, &byte, 1, 0));
  return 0;
}

int ask_for_tracer(char**) {
  const bool has_tracer = ::ptrace(PTRACE_TRACEME, 0, 0, 0) != 0;
  return has_tracer ? 0 : 1;
}

}  // namespace wireproof::tracee
