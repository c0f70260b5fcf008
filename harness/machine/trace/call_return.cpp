#include <fcntl.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>

#include "machine/trace/call_reader.h"

// What a call's exit tells.

namespace wireproof {
namespace {

bool is_named(const SocketCall& call) {
  return call.socket != 0 || !call.watched.empty() || !call.ready.empty() || call.name == "socket";
}

std::uint64_t sum_buffers(pid_t thread, std::uint64_t address, std::uint64_t count) {
  std::uint64_t sum = 0;
  for (const iovec& buffer : read_tracee_values<iovec>(thread, address, count)) {
    sum += buffer.iov_len;
  }
  return sum;
}

std::uint64_t sum_buffers(pid_t thread, const msghdr& message) {
  return sum_buffers(thread, reinterpret_cast<std::uint64_t>(message.msg_iov), message.msg_iovlen);
}

constexpr std::uint64_t kMaxDatagramBytes = 65535;
constexpr std::uint64_t kMaxControlBytes = 4096;

// The size of UDP_SEGMENT among what sendmsg hands over beside its data: cmsg(3).
std::optional<std::uint64_t> read_segment_message(pid_t thread, std::uint64_t address) {
  auto message = read_tracee_value<msghdr>(thread, address);
  if (!message || message->msg_controllen > kMaxControlBytes) return std::nullopt;
  std::vector<std::byte> control = read_tracee_values<std::byte>(
      thread, reinterpret_cast<std::uint64_t>(message->msg_control), message->msg_controllen);
  message->msg_control = control.data();
  message->msg_controllen = control.size();
  const auto* const end = reinterpret_cast<const unsigned char*>(control.data() + control.size());
  for (cmsghdr* next = CMSG_FIRSTHDR(&*message); next != nullptr;
       next = CMSG_NXTHDR(&*message, next)) {
    std::uint16_t bytes = 0;
    const bool names_it = next->cmsg_level == SOL_UDP && next->cmsg_type == UDP_SEGMENT &&
                          next->cmsg_len >= CMSG_LEN(sizeof bytes) &&
                          CMSG_DATA(next) + sizeof bytes <= end;
    if (!names_it) continue;
    std::memcpy(&bytes, CMSG_DATA(next), sizeof bytes);
    return bytes;
  }
  return std::nullopt;
}

}  // namespace

void CallReader::leave(const TracedProcess& process, OpenCall open, const CallExit& exit,
                       Timestamp now) {
  SocketCall& call = open.call;
  call.returned = now;
  call.result = exit.failed ? -1 : exit.result;
  call.error_number = exit.failed ? static_cast<int>(-exit.result) : 0;
  if (!exit.failed) read_result(process, open, exit.result);
  for (SocketCall& released : open.releases) {
    released.returned = now;
    released.result = call.result;
    released.error_number = call.error_number;
  }
  if (opens_connection(call)) learn_addresses(process, call);
  if (open.logged && is_named(call)) calls_.push_back(std::move(call));
  for (SocketCall& released : open.releases) calls_.push_back(std::move(released));
}

void CallReader::read_result(const TracedProcess& process, OpenCall& open, std::int64_t result) {
  switch (open.system_call->shape) {
    case CallShape::socket:
    case CallShape::accept:
      add_socket(process, open, static_cast<int>(result));
      break;
    case CallShape::bind:
    case CallShape::listen:
      learn_addresses(process, open.call);
      break;
    case CallShape::send_to:
    case CallShape::send_message:
    case CallShape::send_messages:
      if (!open.call.local) learn_addresses(process, open.call);
      read_messages(open);
      read_segments(open);
      break;
    case CallShape::receive_from:
      read_peer(open);
      break;
    case CallShape::receive_message:
    case CallShape::receive_messages:
      if (open.logged) {
        read_peer(open);
        read_messages(open);
      } else {
        add_new_holds(process);
      }
      break;
    case CallShape::duplicate:
    case CallShape::duplicate_to:
      add_duplicate(process, open, static_cast<int>(result));
      break;
    case CallShape::control:
      if (open.entry.int_argument(1) == F_SETFL) {
        set_nonblocking(open);
      } else {
        add_duplicate(process, open, static_cast<int>(result));
      }
      break;
    case CallShape::io_control:
      set_nonblocking(open);
      break;
    case CallShape::set_option:
      set_option(open);
      break;
    case CallShape::write:
      read_segments(open);
      break;
    case CallShape::poll:
    case CallShape::select:
      if (result > 0) open.call.ready = read_watched(process, open, WaitMoment::exit);
      break;
    case CallShape::epoll_wait:
      // What other threads added while it waited counts, too.
      open.call.watched = held(list_epoll_interest(*open.epoll));
      open.call.ready = held(read_epoll_events(open.thread, open.entry, result, *open.epoll));
      break;
    default:
      break;
  }
}

void CallReader::add_socket(const TracedProcess& process, OpenCall& open, int descriptor) {
  SocketCall& call = open.call;
  const auto facts = process.probe.look(descriptor);
  if (!facts) return;  // another thread has closed it
  BookedSocket& socket = book_.create(*facts);
  if (open.system_call->shape == CallShape::accept) {
    // A connection that was reset in the queue has no peer any more, but the call was told it.
    if (!socket.facts.remote) {
      const auto size = read_tracee_value<std::uint32_t>(open.thread, open.entry.arguments[2]);
      socket.facts.remote =
          read_tracee_endpoint(open.thread, open.entry.arguments[1], size.value_or(0));
    }
    call.new_socket = socket.id;
    call.local = socket.facts.local;
    call.remote = socket.facts.remote;
  } else {
    name_socket(call, socket.id, descriptor);
  }
  book_.hold(process.id, descriptor, socket.id);
}

void CallReader::add_duplicate(const TracedProcess& process, OpenCall& open, int descriptor) {
  if (descriptor == open.call.descriptor) return;
  if (open.call.socket != 0) {
    book_.hold(process.id, descriptor, open.call.socket);
  } else {
    book_.share_epoll(process.id, open.call.descriptor, process.id, descriptor);
  }
}

void CallReader::learn_addresses(const TracedProcess& process, SocketCall& call) {
  const auto facts = process.probe.look(call.descriptor);
  BookedSocket& socket = book_.socket(call.socket);
  if (!facts || facts->inode != socket.facts.inode) return;
  if (facts->local) socket.facts.local = facts->local;
  // UDP: connect to no address takes the peer away.
  const bool is_told = facts->remote || facts->kind == SocketKind::udp;
  if (is_told) socket.facts.remote = facts->remote;
  // Where a connection was asked for counts from now on, also before it is there.
  if (!is_told && opens_connection(call)) socket.facts.remote = call.remote;
  call.local = socket.facts.local;
}

void CallReader::set_nonblocking(const OpenCall& open) {
  if (open.call.socket == 0) return;
  BookedSocket& socket = book_.socket(open.call.socket);
  if (open.system_call->shape == CallShape::control) {
    socket.facts.nonblocking = (open.entry.arguments[2] & O_NONBLOCK) != 0;
  } else {
    const auto value = read_tracee_value<int>(open.thread, open.entry.arguments[2]);
    socket.facts.nonblocking = value.value_or(0) != 0;
  }
}

// The address that a send call names, or that a receive call was told.
void CallReader::read_peer(OpenCall& open) const {
  const auto& arguments = open.entry.arguments;
  std::optional<Endpoint> peer;
  if (open.system_call->shape == CallShape::receive_from) {
    const auto size = read_tracee_value<std::uint32_t>(open.thread, arguments[5]);
    peer = read_tracee_endpoint(open.thread, arguments[4], size.value_or(0));
  } else if (const auto message = read_tracee_value<msghdr>(open.thread, arguments[1])) {
    peer = read_tracee_endpoint(open.thread, reinterpret_cast<std::uint64_t>(message->msg_name),
                                message->msg_namelen);
  }
  if (peer) open.call.remote = peer;
}

std::vector<WatchedSocket> CallReader::read_watched(const TracedProcess& process,
                                                    const OpenCall& open, WaitMoment moment) {
  const auto lookup = [&](int descriptor) { return look_up_internet(process, descriptor); };
  return open.system_call->shape == CallShape::poll
             ? read_poll_entries(open.thread, open.entry, moment, lookup)
             : read_select_sets(open.thread, open.entry, lookup);
}

// Of a call that moves several.
void CallReader::read_messages(OpenCall& open) const {
  const CallShape shape = open.system_call->shape;
  if (shape != CallShape::send_messages && shape != CallShape::receive_messages) return;
  for (const mmsghdr& message : read_tracee_values<mmsghdr>(
           open.thread, open.entry.arguments[1], static_cast<std::uint64_t>(open.call.result))) {
    open.call.message_sizes.push_back(message.msg_len);
    const auto peer =
        read_tracee_endpoint(open.thread, reinterpret_cast<std::uint64_t>(message.msg_hdr.msg_name),
                             message.msg_hdr.msg_namelen);
    open.call.message_peers.push_back(peer.value_or(open.call.remote.value_or(Endpoint{})));
  }
}

// The buffers as they are named at the entry: of a datagram that is longer the rest is lost.
void CallReader::read_rooms(OpenCall& open) {
  if (open.call.socket == 0 || book_.socket(open.call.socket).facts.kind != SocketKind::udp) return;
  const auto& arguments = open.entry.arguments;
  std::vector<std::uint64_t>& rooms = open.call.message_rooms;
  switch (open.system_call->shape) {
    case CallShape::receive_from:
      rooms = {arguments[2]};
      break;
    case CallShape::read:
      rooms = {open.system_call->name == "read"
                   ? arguments[2]
                   : sum_buffers(open.thread, arguments[1], arguments[2])};
      break;
    case CallShape::receive_message:
      if (const auto message = read_tracee_value<msghdr>(open.thread, arguments[1])) {
        rooms = {sum_buffers(open.thread, *message)};
      }
      break;
    case CallShape::receive_messages:
      for (const mmsghdr& message :
           read_tracee_values<mmsghdr>(open.thread, arguments[1], arguments[2])) {
        rooms.push_back(sum_buffers(open.thread, message.msg_hdr));
      }
      break;
    default:
      break;
  }
}

// udp(7), UDP_SEGMENT: a send longer than that becomes several datagrams, the last one shorter.
void CallReader::read_segments(OpenCall& open) {
  if (open.call.socket == 0 || open.system_call->shape == CallShape::send_messages) return;
  const SocketFacts& facts = book_.socket(open.call.socket).facts;
  if (facts.kind != SocketKind::udp) return;
  std::uint64_t segment = facts.segment_bytes;
  if (open.system_call->shape == CallShape::send_message) {
    segment = read_segment_message(open.thread, open.entry.arguments[1]).value_or(segment);
  }
  auto left = static_cast<std::uint64_t>(open.call.result);
  if (segment == 0 || left <= segment || left > kMaxDatagramBytes) return;
  for (; left > 0; left -= std::min(left, segment)) {
    open.call.message_sizes.push_back(std::min(left, segment));
  }
}

void CallReader::set_option(const OpenCall& open) {
  if (open.call.socket == 0) return;
  SocketFacts& facts = book_.socket(open.call.socket).facts;
  const int level = open.entry.int_argument(1);
  const int option = open.entry.int_argument(2);
  const int value = open.call.option_value;
  if (level == SOL_SOCKET && option == SO_OOBINLINE) facts.inline_urgent = value != 0;
  if (level == SOL_UDP && option == UDP_SEGMENT) {
    facts.segment_bytes = static_cast<std::uint32_t>(value);
  }
}

void CallReader::abandon(OpenCall open, int signal) {
  open.call.ended_by_signal = signal;
  if (open.logged && is_named(open.call)) calls_.push_back(std::move(open.call));
  for (SocketCall& released : open.releases) {
    released.ended_by_signal = signal;
    calls_.push_back(std::move(released));
  }
}

void CallReader::finish_end(std::vector<SocketCall> calls, int wait_status, Timestamp now) {
  for (SocketCall& call : calls) {
    call.returned = now;
    if (WIFSIGNALED(wait_status)) call.ended_by_signal = WTERMSIG(wait_status);
    if (WIFEXITED(wait_status)) call.result = WEXITSTATUS(wait_status);
    calls_.push_back(std::move(call));
  }
}

}  // namespace wireproof
