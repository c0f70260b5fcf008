#include "host/listening.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>

#include "host/netlink.h"

namespace wireproof {
namespace {

bool is_listening(Netlink& netlink, ListenProtocol protocol, std::uint8_t family,
                  std::uint16_t port) {
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  auto* query =
      static_cast<inet_diag_req_v2*>(mnl_nlmsg_put_extra_header(message, sizeof(inet_diag_req_v2)));
  query->sdiag_family = family;
  query->sdiag_protocol = protocol == ListenProtocol::tcp ? IPPROTO_TCP : IPPROTO_UDP;
  // A bound UDP socket without a peer is in the state that TCP calls CLOSE.
  query->idiag_states = 1U << (protocol == ListenProtocol::tcp ? TCP_LISTEN : TCP_CLOSE);
  query->id.idiag_sport = htons(port);
  bool found = false;
  netlink.request(*message, "list listening sockets", [&](const nlmsghdr& answer) {
    if (answer.nlmsg_type != SOCK_DIAG_BY_FAMILY) return;
    const auto* entry = static_cast<const inet_diag_msg*>(mnl_nlmsg_get_payload(&answer));
    if (entry->id.idiag_sport == htons(port)) found = true;
  });
  return found;
}

}  // namespace

bool is_listening(ListenProtocol protocol, std::uint16_t port) {
  Netlink netlink(NETLINK_SOCK_DIAG);
  return is_listening(netlink, protocol, AF_INET, port) ||
         is_listening(netlink, protocol, AF_INET6, port);
}

}  // namespace wireproof
