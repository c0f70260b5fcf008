#include "machine/trace/tracee_memory.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace wireproof {

std::size_t read_tracee_bytes(pid_t process, std::uint64_t address, std::span<std::byte> into) {
  iovec local{into.data(), into.size()};
  iovec remote{reinterpret_cast<void*>(address), into.size()};
  const ssize_t size = ::process_vm_readv(process, &local, 1, &remote, 1, 0);
  return size < 0 ? 0 : static_cast<std::size_t>(size);
}

std::optional<Endpoint> read_socket_address(std::span<const std::byte> address) {
  sa_family_t family = AF_UNSPEC;
  if (address.size() < sizeof family) return std::nullopt;
  std::memcpy(&family, address.data(), sizeof family);
  Endpoint endpoint;
  if (family == AF_INET && address.size() >= sizeof(sockaddr_in)) {
    sockaddr_in v4{};
    std::memcpy(&v4, address.data(), sizeof v4);
    endpoint.port = ntohs(v4.sin_port);
    std::memcpy(endpoint.address.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
    return endpoint;
  }
  if (family == AF_INET6 && address.size() >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address.data(), sizeof v6);
    endpoint.port = ntohs(v6.sin6_port);
    endpoint.address.version = IpVersion::v6;
    std::memcpy(endpoint.address.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
    endpoint.address = unmap_ipv4(endpoint.address);
    return endpoint;
  }
  return std::nullopt;
}

std::optional<Endpoint> read_tracee_endpoint(pid_t process, std::uint64_t address,
                                             std::uint64_t size) {
  std::array<std::byte, sizeof(sockaddr_in6)> bytes{};
  if (address == 0) return std::nullopt;
  const std::size_t asked = std::min<std::uint64_t>(size, bytes.size());
  const std::size_t read = read_tracee_bytes(process, address, std::span(bytes).first(asked));
  return read_socket_address(std::span(bytes).first(read));
}

}  // namespace wireproof
