#include "machine/host/netlink.h"

#include <libmnl/libmnl.h>

#include <array>
#include <cerrno>

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

Netlink::Netlink(int bus) : socket_(mnl_socket_open2(bus, SOCK_CLOEXEC)) {
  if (socket_ == nullptr) throw SystemError("open a netlink socket", errno);
  if (mnl_socket_bind(socket_, 0, MNL_SOCKET_AUTOPID) < 0) {
    const int error_number = errno;
    mnl_socket_close(socket_);
    throw SystemError("bind a netlink socket", error_number);
  }
}

Netlink::~Netlink() {
  mnl_socket_close(socket_);
}

void Netlink::request(nlmsghdr& message, const std::string& attempt, const AnswerSink& on_answer) {
  message.nlmsg_seq = ++sequence_;
  check_call(mnl_socket_sendto(socket_, &message, message.nlmsg_len), attempt);
  std::array<char, kReceiveBytes> buffer{};
  AnswerSink sink = on_answer;
  const unsigned int port = mnl_socket_get_portid(socket_);
  int state = MNL_CB_OK;
  while (state == MNL_CB_OK) {
    const auto size =
        check_call(mnl_socket_recvfrom(socket_, buffer.data(), buffer.size()), attempt);
    state =
        mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), sequence_, port, hand_on, &sink);
  }
  check_call(state, attempt);
}

}  // namespace wireproof
