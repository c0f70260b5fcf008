#include "machine/host/netlink.h"

#include <libmnl/libmnl.h>

#include <array>
#include <cerrno>
#include <memory>

#include "base/system/system_call.h"

namespace wireproof {
namespace {

constexpr std::size_t kReceiveBytes = 32768;  // the kernel's largest dump part

using AnswerSink = std::function<void(const nlmsghdr&)>;

int hand_on(const nlmsghdr* answer, void* sink) {
  (*static_cast<const AnswerSink*>(sink))(*answer);
  return MNL_CB_OK;
}

}  // namespace

void ask_netlink(int bus, nlmsghdr& message, const std::string& attempt,
                 const AnswerSink& on_answer) {
  const std::unique_ptr<mnl_socket, decltype(&mnl_socket_close)> socket(
      mnl_socket_open2(bus, SOCK_CLOEXEC), mnl_socket_close);
  if (!socket) throw SystemError("open a netlink socket", errno);
  check_call(mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID), "bind a netlink socket");
  constexpr unsigned int kSequence = 1;
  message.nlmsg_seq = kSequence;
  check_call(mnl_socket_sendto(socket.get(), &message, message.nlmsg_len), attempt);
  std::array<char, kReceiveBytes> buffer{};
  AnswerSink sink = on_answer;
  const unsigned int port = mnl_socket_get_portid(socket.get());
  int state = MNL_CB_OK;
  while (state == MNL_CB_OK) {
    const auto size =
        check_call(mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size()), attempt);
    state =
        mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), kSequence, port, hand_on, &sink);
  }
  check_call(state, attempt);
}

}  // namespace wireproof
