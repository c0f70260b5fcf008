#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "base/text/address.h"

namespace wireproof {

// Memory of a process that this one traces, read by process_vm_readv. An address is what the
// process gave to the kernel: it may be wrong, and then there is nothing to read.

// The count of bytes read; less than asked for where the memory ends.
std::size_t read_tracee_bytes(pid_t process, std::uint64_t address, std::span<std::byte> into);

template <class Value>
std::optional<Value> read_tracee_value(pid_t process, std::uint64_t address) {
  static_assert(std::is_trivially_copyable_v<Value>);
  Value value{};
  const auto bytes = std::as_writable_bytes(std::span(&value, 1));
  if (address == 0 || read_tracee_bytes(process, address, bytes) != bytes.size()) {
    return std::nullopt;
  }
  return value;
}

// As many of `count` values as can be read, at most kMaxTraceeValues.
constexpr std::size_t kMaxTraceeValues = 65536;
template <class Value>
std::vector<Value> read_tracee_values(pid_t process, std::uint64_t address, std::uint64_t count) {
  static_assert(std::is_trivially_copyable_v<Value>);
  if (address == 0 || count == 0) return {};
  std::vector<Value> values(count < kMaxTraceeValues ? count : kMaxTraceeValues);
  const auto bytes = std::as_writable_bytes(std::span(values));
  values.resize(read_tracee_bytes(process, address, bytes) / sizeof(Value));
  return values;
}

// A sockaddr of the families AF_INET and AF_INET6; an IPv4-mapped address as its IPv4 form.
std::optional<Endpoint> read_tracee_endpoint(pid_t process, std::uint64_t address,
                                             std::uint64_t size);
std::optional<Endpoint> read_socket_address(std::span<const std::byte> address);

}  // namespace wireproof
