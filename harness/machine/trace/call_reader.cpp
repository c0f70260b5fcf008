#include "machine/trace/call_reader.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/system/socket_option.h"

// What a call's entry tells. A close takes effect in the book here already: the kernel frees the
// number at once, and another thread may be given it before this one comes to its exit.

namespace wireproof {
namespace {

// What the program most likely wrote: C libraries make send of sendto without an address, and
// poll, select and epoll_wait of the calls that also take a signal mask.
std::string_view program_name(pid_t thread, const SystemCall& system_call, const CallEntry& entry) {
  const auto& arguments = entry.arguments;
  switch (system_call.shape) {
    case CallShape::send_to:
      return arguments[4] == 0 ? "send" : "sendto";
    case CallShape::receive_from:
      return arguments[4] == 0 ? "recv" : "recvfrom";
    case CallShape::poll:
      return system_call.name == "ppoll" && arguments[3] == 0 ? "poll" : system_call.name;
    case CallShape::select:
      // pselect6(2): its last argument points to the signal mask's address and size.
      return read_tracee_value<std::uint64_t>(thread, arguments[5]).value_or(0) == 0 ||
                     system_call.name == "select"
                 ? "select"
                 : system_call.name;
    case CallShape::epoll_wait:
      return arguments[4] == 0 || system_call.name == "epoll_wait" ? "epoll_wait"
                                                                   : system_call.name;
    default:
      return system_call.name;
  }
}

// poll and epoll_wait count milliseconds; the others point to a time, null for ever.
bool never_waits(pid_t thread, const SystemCall& system_call, const CallEntry& entry) {
  const std::string_view name = system_call.name;
  if (name == "poll") return entry.int_argument(2) == 0;
  if (name == "epoll_wait" || name == "epoll_pwait") return entry.int_argument(3) == 0;
  struct TwoNumbers {
    std::int64_t seconds;
    std::int64_t rest;
  };
  const std::size_t index = name == "ppoll" ? 2 : name == "epoll_pwait2" ? 3 : 4;
  const auto time = read_tracee_value<TwoNumbers>(thread, entry.arguments[index]);
  return time && time->seconds == 0 && time->rest == 0;
}

// Without a filter every fcntl and ioctl stops.
bool asks_for_what_counts(const OpenCall& open) {
  const std::uint32_t asked = open.entry.flag_argument(1);
  if (open.system_call->shape == CallShape::io_control) return asked == FIONBIO;
  return asked == F_DUPFD || asked == F_DUPFD_CLOEXEC || asked == F_SETFL;
}

const SocketOption* option_of(const CallEntry& entry) {
  return find_socket_option(entry.int_argument(1), entry.int_argument(2));
}

}  // namespace

SocketCall CallReader::make_call(const TracedProcess& process, pid_t thread, std::string_view name,
                                 Timestamp now) {
  SocketCall call;
  call.actor = process.actor;
  call.side = process.side;
  call.name = name;
  call.process = process.id;
  call.thread = thread;
  call.entered = now;
  call.order = ++last_order_;
  return call;
}

std::optional<OpenCall> CallReader::enter(const TracedProcess& process, pid_t thread,
                                          const CallEntry& entry, Timestamp now) {
  OpenCall open;
  open.system_call = find_system_call(entry.number);
  if (open.system_call == nullptr) return std::nullopt;
  open.entry = entry;
  open.thread = thread;
  open.call = make_call(process, thread, program_name(thread, *open.system_call, entry), now);
  if (!read_entry(process, open)) return std::nullopt;
  return open;
}

bool CallReader::read_entry(const TracedProcess& process, OpenCall& open) {
  switch (open.system_call->shape) {
    case CallShape::socket: {
      const int domain = open.entry.int_argument(0);
      open.logged = domain == AF_INET || domain == AF_INET6;
      return open.logged || domain == AF_UNIX;
    }
    case CallShape::send_message:
    case CallShape::receive_message:
    case CallShape::send_messages:
    case CallShape::receive_messages:
      return enter_message(process, open);
    case CallShape::splice:
      return enter_splice(process, open);
    case CallShape::close:
      return enter_close(process, open);
    case CallShape::close_range:
      return enter_close_range(process, open);
    case CallShape::duplicate_to:
      return enter_duplicate_to(process, open);
    case CallShape::poll:
    case CallShape::select:
      return enter_wait(process, open);
    case CallShape::epoll_wait:
      return enter_epoll_wait(process, open);
    case CallShape::epoll_control:
      enter_epoll_control(process, open);
      return false;
    case CallShape::io_uring:
    case CallShape::start:
    case CallShape::restart:
    case CallShape::return_from_signal:
      return false;
    case CallShape::privilege:
      open.logged = false;
      return true;
    case CallShape::set_option:
      return option_of(open.entry) != nullptr && enter_io(process, open);
    case CallShape::control:
    case CallShape::io_control:
      return asks_for_what_counts(open) && enter_io(process, open);
    default:
      return enter_io(process, open);
  }
}

// The calls whose first argument is the socket.
bool CallReader::enter_io(const TracedProcess& process, OpenCall& open) {
  const int descriptor = open.entry.int_argument(0);
  const CallShape shape = open.system_call->shape;
  const SocketBook::Id id = look_up(process, descriptor);
  const bool duplicates = shape == CallShape::duplicate ||
                          (shape == CallShape::control && open.entry.flag_argument(1) != F_SETFL);
  if (id == 0) {
    open.logged = false;
    open.call.descriptor = descriptor;
    return duplicates && book_.is_epoll(process.id, descriptor);
  }
  name_socket(open.call, id, descriptor);
  if (!book_.socket(id).is_internet()) {
    open.logged = false;
    return duplicates || shape == CallShape::accept;
  }
  if (duplicates) open.call.name = "dup";
  open.logged = duplicates || (shape != CallShape::control && shape != CallShape::io_control);
  if (shape == CallShape::send_to || shape == CallShape::receive_from) {
    open.call.flags = open.entry.flag_argument(3);
  }
  if (shape == CallShape::shutdown) open.call.flags = open.entry.flag_argument(1);
  if (shape == CallShape::listen) open.call.backlog = open.entry.int_argument(1);
  if (shape == CallShape::set_option) {
    open.call.option = option_of(open.entry)->name;
    open.call.option_value =
        read_tracee_value<int>(open.thread, open.entry.arguments[3]).value_or(0);
  }
  if ((open.call.flags & MSG_DONTWAIT) != 0) open.call.nonblocking = true;
  if (shape == CallShape::bind && !open.call.local) {
    open.call.local =
        read_tracee_endpoint(open.thread, open.entry.arguments[1], open.entry.flag_argument(2));
  }
  if (shape == CallShape::connect || shape == CallShape::send_to) {
    const std::size_t address = shape == CallShape::connect ? 1 : 4;  // its size comes behind it
    const auto remote = read_tracee_endpoint(open.thread, open.entry.arguments[address],
                                             open.entry.flag_argument(address + 1));
    if (remote) open.call.remote = remote;
  }
  if (shape == CallShape::receive_from || shape == CallShape::read) read_rooms(open);
  return true;
}

bool CallReader::enter_message(const TracedProcess& process, OpenCall& open) {
  const CallShape shape = open.system_call->shape;
  const bool several = shape == CallShape::send_messages || shape == CallShape::receive_messages;
  const int descriptor = open.entry.int_argument(0);
  const SocketBook::Id id = look_up(process, descriptor);
  if (id == 0) return false;
  name_socket(open.call, id, descriptor);
  open.call.flags = open.entry.flag_argument(several ? 3 : 2);
  if ((open.call.flags & MSG_DONTWAIT) != 0) open.call.nonblocking = true;
  if (!book_.socket(id).is_internet()) {
    // A descriptor may come with a message between processes.
    open.logged = false;
    return shape == CallShape::receive_message || shape == CallShape::receive_messages;
  }
  if (shape == CallShape::send_message) read_peer(open);
  if (shape == CallShape::receive_message || several) read_rooms(open);
  return true;
}

bool CallReader::enter_splice(const TracedProcess& process, OpenCall& open) {
  for (const std::size_t index : {2U, 0U}) {
    const int descriptor = open.entry.int_argument(index);
    const SocketBook::Id id = look_up_internet(process, descriptor);
    if (id == 0) continue;
    name_socket(open.call, id, descriptor);
    open.call.incoming = index == 0;
    return true;
  }
  return false;
}

bool CallReader::enter_close(const TracedProcess& process, OpenCall& open) {
  const int descriptor = open.entry.int_argument(0);
  const SocketBook::Id id = look_up(process, descriptor);
  open.call = release(process, std::move(open.call), descriptor);
  return id != 0 && book_.socket(id).is_internet();
}

bool CallReader::enter_close_range(const TracedProcess& process, OpenCall& open) {
  if ((open.entry.flag_argument(2) & CLOSE_RANGE_CLOEXEC) != 0) return false;
  if ((open.entry.flag_argument(2) & CLOSE_RANGE_UNSHARE) != 0) book_.unshare_table(process.id);
  const std::uint32_t first = open.entry.flag_argument(0);
  const std::uint32_t last = open.entry.flag_argument(1);
  for (const auto& [descriptor, id] : book_.held_by(process.id)) {
    const auto number = static_cast<std::uint32_t>(descriptor);
    if (number < first || number > last) continue;
    SocketCall call = release(process, open.call, descriptor);
    if (book_.socket(id).is_internet()) open.releases.push_back(std::move(call));
  }
  book_.forget_others(process.id);
  open.logged = false;
  return !open.releases.empty();
}

bool CallReader::enter_duplicate_to(const TracedProcess& process, OpenCall& open) {
  const int descriptor = open.entry.int_argument(0);
  const int target = open.entry.int_argument(1);
  const SocketBook::Id id = look_up(process, descriptor);
  const SocketBook::Id replaced = target == descriptor ? 0 : look_up(process, target);
  open.logged = id != 0 && book_.socket(id).is_internet();
  if (id != 0) name_socket(open.call, id, descriptor);
  open.call.descriptor = descriptor;
  if (replaced != 0) {
    SocketCall call = release(process, open.call, target);
    call.order = ++last_order_;
    if (book_.socket(replaced).is_internet()) open.releases.push_back(std::move(call));
  } else if (target != descriptor) {
    static_cast<void>(release(process, open.call, target));
  }
  return id != 0 || !open.releases.empty() || book_.is_epoll(process.id, descriptor);
}

bool CallReader::enter_wait(const TracedProcess& process, OpenCall& open) {
  open.call.watched = read_watched(process, open, WaitMoment::entry);
  open.call.nonblocking = never_waits(open.thread, *open.system_call, open.entry);
  return !open.call.watched.empty();
}

bool CallReader::enter_epoll_wait(const TracedProcess& process, OpenCall& open) {
  const int descriptor = open.entry.int_argument(0);
  open.epoll = book_.epoll(process.id, descriptor);
  open.call.descriptor = descriptor;
  open.call.watched = held(list_epoll_interest(*open.epoll));
  open.call.nonblocking = never_waits(open.thread, *open.system_call, open.entry);
  return true;
}

void CallReader::enter_epoll_control(const TracedProcess& process, const OpenCall& open) {
  const CallEntry& entry = open.entry;
  const int descriptor = entry.int_argument(2);
  const SocketBook::Id id = look_up_internet(process, descriptor);
  EpollSet& set = *book_.epoll(process.id, entry.int_argument(0));
  if (entry.int_argument(1) == EPOLL_CTL_DEL) {
    set.erase(descriptor);
    return;
  }
  const auto event = read_tracee_value<epoll_event>(open.thread, entry.arguments[3]);
  if (!event) return;
  set[descriptor] = {id, event->events, event->data.u64};
}

}  // namespace wireproof
