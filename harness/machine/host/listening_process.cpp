#include "machine/host/listening_process.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>
#include <vector>

#include "machine/host/child_processes.h"

namespace wireproof {
namespace {

bool holds_any(const std::filesystem::path& process, const std::vector<std::string>& sockets) {
  std::error_code refused;
  std::filesystem::directory_iterator entry(process / "fd", refused);
  for (; !refused && entry != std::filesystem::directory_iterator(); entry.increment(refused)) {
    std::error_code closed;
    const std::string target = std::filesystem::read_symlink(*entry, closed).string();
    if (!closed && std::ranges::find(sockets, target) != sockets.end()) return true;
  }
  return false;
}

std::vector<pid_t> find_holders(const std::vector<std::string>& sockets) {
  std::vector<pid_t> holders;
  std::error_code gone;
  for (std::filesystem::directory_iterator entry("/proc", gone), end; !gone && entry != end;
       entry.increment(gone)) {
    const std::string name = entry->path().filename();
    pid_t process = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), process);
    if (read.ec != std::errc() || read.ptr != name.data() + name.size()) continue;
    if (holds_any(entry->path(), sockets)) holders.push_back(process);
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
  std::vector<std::string> sockets;
  for (const std::uint32_t inode : find_listening_sockets(protocol, endpoint)) {
    found.listens = true;
    sockets.push_back("socket:[" + std::to_string(inode) + "]");
  }
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

}  // namespace wireproof
