#include "machine/host/socket_holders.h"

#include <algorithm>
#include <set>

#include "base/system/proc.h"
#include "machine/host/child_processes.h"

namespace wireproof {
namespace {

// The inodes of a process's sockets.
std::set<std::uint64_t> sockets_of(pid_t process) {
  std::set<std::uint64_t> inodes;
  for (const OpenDescriptor& descriptor : list_descriptors(process)) {
    if (const auto inode = parse_socket_target(descriptor.target)) inodes.insert(*inode);
  }
  return inodes;
}

std::vector<pid_t> find_holders(const std::vector<std::uint32_t>& sockets) {
  std::vector<pid_t> holders;
  for (const pid_t process : list_processes()) {
    const std::set<std::uint64_t> held = sockets_of(process);
    const auto is_held = [&](std::uint32_t inode) { return held.contains(inode); };
    if (std::ranges::any_of(sockets, is_held)) holders.push_back(process);
  }
  return holders;
}

// A server that forks for its clients hands its listening socket down: most descend from the one.
pid_t find_first(const std::vector<pid_t>& holders) {
  pid_t first = 0;
  std::ptrdiff_t most = -1;
  for (const pid_t holder : holders) {
    const std::vector<pid_t> below = descendant_processes(holder);
    const std::ptrdiff_t count = std::ranges::count_if(
        holders, [&](pid_t other) { return std::ranges::find(below, other) != below.end(); });
    if (count <= most) continue;
    most = count;
    first = holder;
  }
  return first;
}

}  // namespace

ListeningProcess find_listening_process(ListenProtocol protocol, const Endpoint& endpoint) {
  ListeningProcess found;
  const std::vector<std::uint32_t> sockets = find_listening_sockets(protocol, endpoint);
  found.listens = !sockets.empty();
  if (!found.listens) return found;
  std::vector<pid_t> holders = find_holders(sockets);
  // It holds the sockets of services that it starts when somebody connects.
  constexpr pid_t kInit = 1;
  if (holders.size() > 1) std::erase(holders, kInit);
  found.process = find_first(holders);
  if (found.process == 0) return found;
  const std::vector<pid_t> below = descendant_processes(found.process);
  std::erase_if(holders, [&](pid_t holder) {
    return holder != found.process && std::ranges::find(below, holder) == below.end();
  });
  found.holders = std::move(holders);
  return found;
}

std::vector<HeldSocket> find_socket_holders(std::uint16_t local_port,
                                            const std::vector<pid_t>& processes) {
  std::vector<HeldSocket> found;
  const std::vector<ConnectedSocket> connected = list_connected_sockets(local_port);
  for (const pid_t process : processes) {
    const std::set<std::uint64_t> held = sockets_of(process);
    for (const ConnectedSocket& socket : connected) {
      if (held.contains(socket.inode)) found.push_back({process, socket.remote});
    }
  }
  return found;
}

}  // namespace wireproof
