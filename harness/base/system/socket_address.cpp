#include "base/system/socket_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/system/system_call.h"

namespace wireproof {
namespace {

constexpr std::size_t kIpv4Bytes = 4;
constexpr std::size_t kIpv6Bytes = 16;

template <class Address>
SocketAddress make_address(const Address& address) {
  SocketAddress result;
  std::memcpy(&result.storage, &address, sizeof address);
  result.size = sizeof address;
  return result;
}

template <class Address>
std::optional<Address> read_as(ByteView bytes) {
  Address address{};
  if (bytes.size() < sizeof address) return std::nullopt;
  std::memcpy(&address, bytes.data(), sizeof address);
  return address;
}

}  // namespace

ByteView SocketAddress::bytes() const {
  const auto in_use = std::min<std::size_t>(size, sizeof storage);
  return {reinterpret_cast<const std::uint8_t*>(&storage), in_use};
}

int address_family(IpVersion version) {
  return version == IpVersion::v4 ? AF_INET : AF_INET6;
}

SocketAddress write_socket_address(const Endpoint& endpoint) {
  if (endpoint.address.version == IpVersion::v4) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, endpoint.address.bytes.data(), sizeof v4.sin_addr);
    return make_address(v4);
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(endpoint.port);
  std::memcpy(&v6.sin6_addr, endpoint.address.bytes.data(), sizeof v6.sin6_addr);
  return make_address(v6);
}

std::optional<Endpoint> read_socket_address(ByteView bytes) {
  const auto family = read_as<sa_family_t>(bytes);
  if (family == AF_INET) {
    const auto v4 = read_as<sockaddr_in>(bytes);
    if (v4) return Endpoint{read_ip_address(AF_INET, &v4->sin_addr), ntohs(v4->sin_port)};
  }
  if (family == AF_INET6) {
    const auto v6 = read_as<sockaddr_in6>(bytes);
    if (v6) return Endpoint{read_ip_address(AF_INET6, &v6->sin6_addr), ntohs(v6->sin6_port)};
  }
  return std::nullopt;
}

std::optional<Endpoint> read_socket_address(const SocketAddress& address) {
  return read_socket_address(address.bytes());
}

IpAddress read_ip_address(int family, const void* bytes) {
  IpAddress address;
  address.version = family == AF_INET ? IpVersion::v4 : IpVersion::v6;
  std::memcpy(address.bytes.data(), bytes, family == AF_INET ? kIpv4Bytes : kIpv6Bytes);
  return address;
}

namespace {

// getaddrinfo; without a host the addresses of the loopback.
int look_up(const char* host, std::uint16_t port, addrinfo** found) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;  // of several types each address would come several times
  hints.ai_flags = AI_NUMERICSERV;
  return ::getaddrinfo(host, std::to_string(port).c_str(), &hints, found);
}

}  // namespace

std::vector<SocketAddress> look_up_host(const std::string& host, std::uint16_t port) {
  addrinfo* found = nullptr;
  int failure = look_up(host.c_str(), port, &found);
  // `localhost` is the loopback wherever it is asked for (RFC 6761, section 6.3), also where no
  // /etc/hosts says so.
  if (failure != 0 && host == "localhost") failure = look_up(nullptr, port, &found);
  if (failure == EAI_SYSTEM) throw SystemError("look up " + host, errno);
  if (failure != 0) {
    throw SystemError("look up " + host + " (" + ::gai_strerror(failure) + ")", EADDRNOTAVAIL);
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    SocketAddress& address = addresses.emplace_back();
    address.size = std::min<socklen_t>(entry->ai_addrlen, sizeof address.storage);
    std::memcpy(&address.storage, entry->ai_addr, address.size);
  }
  return addresses;
}

Endpoint local_endpoint(int socket) {
  SocketAddress address;
  check_call(::getsockname(socket, address.get(), &address.size), "getsockname");
  return read_socket_address(address).value_or(Endpoint{});
}

}  // namespace wireproof
