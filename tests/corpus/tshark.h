#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace wireproof {

// What tshark says of one packet's outermost IP header and of the transport directly behind it.
// Empty: it shows none there (no IP, a tunnel, a later fragment, an unreadable header).
struct TsharkRow {
  std::uint64_t number = 0;
  std::string protocols;  // "eth:ethertype:ip:tcp"
  std::string transport;  // "tcp", "udp" or empty
  std::string source;     // "10.0.0.1:80"
  std::string destination;
  std::optional<std::uint64_t> flags;
  std::optional<std::uint64_t> seq;
  std::optional<std::uint64_t> ack;
  std::optional<std::uint64_t> tcp_length;
  std::optional<std::uint64_t> udp_length;
  std::set<std::string, std::less<>> analysis;  // "duplicate_ack": its fields tcp.analysis.…
};

// Runs tshark over the file, without reassembly, with relative sequence numbers.
std::vector<TsharkRow> read_with_tshark(const std::filesystem::path& capture);
// Of each fragment but the last one the packet that makes it whole; packets from 1. Without those
// whose fragments overlap with other bytes: tshark joins them all the same.
std::map<std::size_t, std::size_t> read_fragments_with_tshark(const std::filesystem::path& capture);

}  // namespace wireproof
