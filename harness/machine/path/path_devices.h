#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/system/system_call.h"

namespace wireproof {

// Whose packets take the path: those to and from these ports, those between the server's address
// and another one of 127/8, and ICMP errors.
struct PathPorts {
  std::string host;  // the server's IPv4 address, on the loopback
  std::vector<std::uint16_t> tcp;
  std::vector<std::uint16_t> udp;
};

// Two TUN devices in the process's own network, without blocking. What one side sends is read from
// its descriptor as a whole IPv4 packet, and what is written there the kernel takes as having come
// in. Both ends of a connection keep the loopback addresses that they would have without a path: by
// rules of routing (ip-rule(8)) packets to the ports leave by `client`, those from them by
// `server`, so that programs and the kernel's tables need not know of it.
struct PathDevices {
  UniqueFd client;
  UniqueFd server;
};

constexpr std::uint32_t kPathMtuBytes = 1500;  // of Ethernet, where a sheet says nothing else

// In a private network only. Throws SystemError, where there is no /dev/net/tun for example.
PathDevices open_path_devices(const PathPorts& ports, std::uint32_t mtu_bytes);

// How many packets the kernel has dropped because nobody read them in time. Throws SystemError.
std::uint64_t count_path_drops();

}  // namespace wireproof
