#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace wireproof {

// What the arguments of a system call mean, as far as sockets are concerned.
enum class CallShape : std::uint8_t {
  socket,             // domain, type
  bind,               // socket
  listen,             // socket
  accept,             // socket, address, size
  connect,            // socket, address, size
  send_to,            // socket, data, size, flags, address, address size
  receive_from,       // socket, data, size, flags, address, address size
  send_message,       // socket, message, flags
  receive_message,    // socket, message, flags
  send_messages,      // socket, messages, count, flags
  receive_messages,   // socket, messages, count, flags
  write,              // descriptor
  read,               // descriptor
  send_file,          // descriptor to write to
  splice,             // from, offset, to
  shutdown,           // socket, how
  close,              // descriptor
  close_range,        // first, last, flags
  duplicate,          // descriptor
  duplicate_to,       // descriptor, new descriptor
  control,            // fcntl: descriptor, command, value
  io_control,         // descriptor, request, value
  set_option,         // socket, level, option, value, size
  poll,               // entries, count, timeout
  select,             // count, three sets, timeout
  epoll_control,      // epoll, operation, descriptor, event
  epoll_wait,         // epoll, events, count, timeout
  io_uring,           // refused: calls made through the ring could not be seen
  start,              // clone: may ask for a child that is not traced
  privilege,          // what the system may refuse under trace, or to who is no root
  restart,            // the kernel goes on with a call that a signal interrupted
  return_from_signal  // a signal's handler is done
};

struct SystemCall {
  long number = 0;
  std::string_view name;  // as programs know it: `send` is what C libraries make of sendto
  CallShape shape = CallShape::close;
};

// Every system call at which a traced program stops, on the architecture that this is built for.
std::span<const SystemCall> traced_system_calls();
// Null for a call that is not one of them.
const SystemCall* find_system_call(std::uint64_t number);

// The calls that end with EINTR when a signal comes, though no handler of the program runs, and
// that can be made again then: signal(7). Those of sockets, if the socket has a time limit.
bool is_broken_off_by_signals(std::uint64_t number);

// AUDIT_ARCH_… of this build's architecture: calls of another (32-bit programs) are not read.
std::uint32_t native_architecture();
// A call of x86-64 with 32-bit addresses (x32) has a number of its own.
constexpr std::uint64_t kForeignNumbers = 0x40000000;

// The program that stops a process at the calls of traced_system_calls() (SECCOMP_RET_TRACE) and
// lets all others pass. Of fcntl, ioctl, setsockopt and clone only what counts stops. Throws
// SystemError.
std::vector<sock_filter> build_call_filter();

}  // namespace wireproof
