#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace wireproof {

// Where a scenario's packets travel, from the most to the least private.
enum class NetworkKind : std::uint8_t {
  user_namespace,     // own user and network namespace: an ordinary user may capture there
  network_namespace,  // own network namespace only: needs CAP_SYS_ADMIN
  host_loopback,      // the host's own loopback: one scenario at a time, capture by a filter
};

enum class NetworkUse : std::uint8_t { with_capture, without_capture };

struct NetworkRequest {
  NetworkUse use = NetworkUse::with_capture;
  std::optional<std::uint32_t> mtu_bytes;  // of lo; asks for a private network
};

// Moves the process into the most private network that the machine allows, with its loopback up.
// The process must have one thread. Its user and group ids stay what they are. Throws SystemError
// naming the attempt and what mends it when there is no network in which it could capture.
NetworkKind enter_private_network(const NetworkRequest& request);

// The single ways; they throw SystemError when refused.
void enter_user_namespace();
void enter_network_namespace();

// What enter_private_network would choose, tried in a child process. Throws SystemError.
NetworkKind probe_private_network(NetworkUse use);

// Whether the process has a capability (CAP_NET_RAW, …) in effect, in its own user namespace.
bool has_capability(int capability);

// "own user and network namespace", for messages.
std::string render_network_kind(NetworkKind kind);

}  // namespace wireproof
