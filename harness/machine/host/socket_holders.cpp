#include "machine/host/socket_holders.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include "base/text/hex.h"

namespace wireproof {
namespace {

// proc(5): "0100007F:3039" or 32 digits, an address in words of the machine's byte order (little
// endian on all machines that this is built for) and a port.
std::optional<Endpoint> parse_proc_endpoint(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto address = parse_hex(text.substr(0, colon));
  const auto port = parse_hex(text.substr(colon + 1));
  if (!address || !port || port->size() != 2) return std::nullopt;
  if (address->size() != 4 && address->size() != 16) return std::nullopt;
  Endpoint endpoint;
  endpoint.address.version = address->size() == 4 ? IpVersion::v4 : IpVersion::v6;
  for (std::size_t i = 0; i < address->size(); ++i) {
    endpoint.address.bytes[i] = (*address)[i / 4 * 4 + 3 - i % 4];
  }
  // An IPv4 peer of an IPv6 socket, ::ffff:a.b.c.d (RFC 4291 §2.5.5.2).
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  auto& bytes = endpoint.address.bytes;
  if (address->size() == 16 && std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) {
    endpoint.address.version = IpVersion::v4;
    std::copy(bytes.begin() + 12, bytes.end(), bytes.begin());
    std::fill(bytes.begin() + 4, bytes.end(), std::uint8_t{0});
  }
  endpoint.port = static_cast<std::uint16_t>((*port)[0] << 8 | (*port)[1]);
  return endpoint;
}

// The peers of the port's sockets by inode. A socket without a descriptor has the inode 0.
std::map<std::string, Endpoint> read_peers(std::uint16_t local_port) {
  std::map<std::string, Endpoint> peers;
  for (const char* const table : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);  // the heading
    while (std::getline(file, line)) {
      std::istringstream words(line);
      std::vector<std::string> columns;
      for (std::string word; words >> word;) columns.push_back(word);
      constexpr std::size_t kInode = 9;
      if (columns.size() <= kInode || columns[kInode] == "0") continue;
      const auto local = parse_proc_endpoint(columns[1]);
      const auto remote = parse_proc_endpoint(columns[2]);
      if (local && remote && local->port == local_port && remote->port != 0) {
        peers["socket:[" + columns[kInode] + "]"] = *remote;
      }
    }
  }
  return peers;
}

}  // namespace

std::vector<HeldSocket> find_socket_holders(std::uint16_t local_port,
                                            const std::vector<pid_t>& processes) {
  std::vector<HeldSocket> found;
  const std::map<std::string, Endpoint> peers = read_peers(local_port);
  for (const pid_t process : processes) {
    std::set<std::string> seen;
    std::error_code refused;
    const std::string folder = "/proc/" + std::to_string(process) + "/fd";
    std::filesystem::directory_iterator entry(folder, refused);
    for (; !refused && entry != std::filesystem::directory_iterator(); entry.increment(refused)) {
      std::error_code closed;
      const std::string target = std::filesystem::read_symlink(*entry, closed).string();
      const auto peer = peers.find(target);
      if (closed || peer == peers.end() || !seen.insert(target).second) continue;
      found.push_back({process, peer->second});
    }
  }
  return found;
}

}  // namespace wireproof
