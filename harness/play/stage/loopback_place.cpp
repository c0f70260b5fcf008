#include "play/stage/loopback_place.h"

#include <sys/socket.h>

#include "base/system/socket_address.h"
#include "machine/host/socket_list.h"

namespace wireproof {
namespace {

constexpr std::uint32_t kNetsPerByte = 16;                // 127.A.0.0, 127.A.16.0, …
constexpr std::uint32_t kNets = 254 * kNetsPerByte;       // without 127.0, the host's own
constexpr std::uint32_t kFirstPort = 10000;               // beyond what servers mostly have
constexpr std::uint32_t kPortCount = 32768 - kFirstPort;  // ip_local_port_range begins there

IpAddress address_in(std::uint32_t net, std::uint8_t last) {
  IpAddress address;
  address.bytes[0] = 127;
  address.bytes[1] = static_cast<std::uint8_t>(1 + net / kNetsPerByte);
  address.bytes[2] = static_cast<std::uint8_t>(net % kNetsPerByte * (256 / kNetsPerByte));
  address.bytes[3] = last;
  return address;
}

// Without SO_REUSEADDR the wildcard address meets every socket of the port, also one in TIME-WAIT.
bool is_free(std::uint16_t port) {
  for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
    const UniqueFd socket =
        check_descriptor(::socket(AF_INET, type | SOCK_CLOEXEC, 0), "open a socket");
    const SocketAddress any = write_socket_address({IpAddress{}, port});
    if (::bind(socket.get(), any.get(), any.size) != 0) return false;
  }
  return true;
}

}  // namespace

LoopbackPlace::LoopbackPlace()
    : net_(claim_number("net", kNets, [](std::uint32_t net) {
        return !has_sockets_in(address_in(net, 0), kPrefixBits);
      })) {}

IpAddress LoopbackPlace::net() const {
  return address_in(net_.number, 0);
}

IpAddress LoopbackPlace::server() const {
  return address_in(net_.number, 1);
}

std::uint16_t LoopbackPlace::port() {
  const auto port_of = [](std::uint32_t number) {
    return static_cast<std::uint16_t>(kFirstPort + number);
  };
  if (!port_.name) {
    port_ = claim_number("port", kPortCount,
                         [&](std::uint32_t number) { return is_free(port_of(number)); });
  }
  return port_of(port_.number);
}

}  // namespace wireproof
