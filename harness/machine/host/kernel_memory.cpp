#include "machine/host/kernel_memory.h"

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <vector>

#include "base/system/proc.h"
#include "base/system/system_call.h"
#include "base/text/words.h"
#include "machine/host/network.h"

namespace wireproof {
namespace {

constexpr std::uint64_t kSemaphoreBytes = 64;  // struct sem of ipc/sem.c: a cache line

using Columns = std::vector<std::string_view>;

std::uint64_t column(const Columns& columns, std::size_t index) {
  if (index >= columns.size()) return 0;
  return parse_number<std::uint64_t>(columns[index]).value_or(0);
}

// Behind the line of titles.
std::uint64_t sum_lines(std::string_view text, const std::function<std::uint64_t(Columns)>& bytes) {
  std::uint64_t sum = 0;
  std::size_t begin = text.find('\n');
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin + 1), text.size());
    sum += bytes(split_words(text.substr(begin + 1, end - begin - 1)));
    begin = end;
  }
  return sum;
}

struct SocketBuffers {
  std::uint64_t sent = 0;    // counted for who has sent it
  std::uint64_t unread = 0;  // for who has it to read
};

void add_memory_of(const nlattr* attribute, SocketBuffers& buffers) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> numbers{};
  const std::size_t size =
      std::min<std::size_t>(mnl_attr_get_payload_len(attribute), sizeof numbers);
  const auto* const from = static_cast<const std::byte*>(mnl_attr_get_payload(attribute));
  std::copy_n(from, size, reinterpret_cast<std::byte*>(numbers.data()));
  // What has been sent and not acknowledged is in both.
  buffers.sent += std::max(numbers[SK_MEMINFO_WMEM_ALLOC], numbers[SK_MEMINFO_WMEM_QUEUED]);
  buffers.unread += std::uint64_t{numbers[SK_MEMINFO_RMEM_ALLOC]} + numbers[SK_MEMINFO_BACKLOG];
}

using AttributeSink = std::function<void(const nlattr&)>;

int hand_on(const nlattr* attribute, void* sink) {
  (*static_cast<const AttributeSink*>(sink))(*attribute);
  return MNL_CB_OK;
}

// The attributes stand behind a header of each answer.
template <class Request>
void list_buffers(const Request& request, unsigned header_size, AttributeSink on_attribute) {
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  *static_cast<Request*>(mnl_nlmsg_put_extra_header(message, sizeof request)) = request;
  try {
    ask_netlink(NETLINK_SOCK_DIAG, *message, "list sockets", [&](const nlmsghdr& answer) {
      if (answer.nlmsg_type != SOCK_DIAG_BY_FAMILY) return;
      mnl_attr_parse(&answer, header_size, hand_on, &on_attribute);
    });
  } catch (const SystemError&) {
    return;  // this kernel does not list them
  }
}

std::uint64_t internet_buffers(int family, int protocol) {
  inet_diag_req_v2 request{};
  request.sdiag_family = static_cast<std::uint8_t>(family);
  request.sdiag_protocol = static_cast<std::uint8_t>(protocol);
  request.idiag_states = ~0U;
  request.idiag_ext = 1U << (INET_DIAG_SKMEMINFO - 1);
  SocketBuffers buffers;
  list_buffers(request, sizeof(inet_diag_msg), [&](const nlattr& attribute) {
    if (mnl_attr_get_type(&attribute) == INET_DIAG_SKMEMINFO) add_memory_of(&attribute, buffers);
  });
  return buffers.sent + buffers.unread;
}

// Of UNIX sockets what waits counts for its sender, until that is closed.
std::uint64_t unix_buffers() {
  unix_diag_req request{};
  request.sdiag_family = AF_UNIX;
  request.udiag_states = ~0U;
  request.udiag_show = UDIAG_SHOW_MEMINFO | UDIAG_SHOW_RQLEN;
  SocketBuffers buffers;
  std::uint64_t waiting = 0;
  list_buffers(request, sizeof(unix_diag_msg), [&](const nlattr& attribute) {
    if (mnl_attr_get_type(&attribute) == UNIX_DIAG_MEMINFO) add_memory_of(&attribute, buffers);
    if (mnl_attr_get_type(&attribute) != UNIX_DIAG_RQLEN) return;
    waiting += static_cast<const unix_diag_rqlen*>(mnl_attr_get_payload(&attribute))->udiag_rqueue;
  });
  return std::max(buffers.sent + buffers.unread, waiting);
}

}  // namespace

// Columns: proc_sysvipc(5).
std::uint64_t add_system_v(std::string_view shm, std::string_view msg, std::string_view sem) {
  constexpr std::size_t kFourth = 3;  // msg: cbytes, sem: nsems
  constexpr std::size_t kAttached = 6;
  constexpr std::size_t kResident = 14;
  constexpr std::size_t kSwapped = 15;
  // An attached segment is in the memory of its processes.
  const std::uint64_t segments = sum_lines(shm, [](const Columns& columns) {
    if (column(columns, kAttached) != 0) return std::uint64_t{0};
    return column(columns, kResident) + column(columns, kSwapped);
  });
  const auto fourth = [](const Columns& columns) { return column(columns, kFourth); };
  return segments + sum_lines(msg, fourth) + sum_lines(sem, fourth) * kSemaphoreBytes;
}

std::uint64_t read_system_v_bytes() {
  const std::string shm = read_proc_file("/proc/sysvipc/shm");
  const std::string msg = read_proc_file("/proc/sysvipc/msg");
  const std::string sem = read_proc_file("/proc/sysvipc/sem");
  return add_system_v(shm, msg, sem);
}

// "TCP: inuse 1 orphan 0 tw 8 alloc 76 mem 163"
std::uint64_t socket_pages(std::string_view sockstat) {
  return sum_lines(sockstat, [](const Columns& columns) {
    const auto name = std::ranges::find(columns, "mem");
    return column(columns, static_cast<std::size_t>(name - columns.begin()) + 1);
  });
}

std::uint64_t read_socket_buffer_bytes(std::uint64_t few_bytes) {
  std::uint64_t sum = unix_buffers();
  const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  if (socket_pages(read_proc_file("/proc/net/sockstat")) * page_bytes <= few_bytes) return sum;
  for (const int family : {AF_INET, AF_INET6}) {
    for (const int protocol : {IPPROTO_TCP, IPPROTO_UDP}) sum += internet_buffers(family, protocol);
  }
  return sum;
}

}  // namespace wireproof
