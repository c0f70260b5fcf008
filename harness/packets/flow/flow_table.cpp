#include "packets/flow/flow_table.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

namespace wireproof {
namespace {

struct End {
  std::uint64_t upper = 0;
  std::uint64_t lower = 0;
  std::uint16_t port = 0;

  bool operator<(const End& other) const {
    return std::tie(upper, lower, port) < std::tie(other.upper, other.lower, other.port);
  }
};

// Any fixed order of the bytes will do: the value is only compared and hashed.
End make_end(const IpAddress& address, std::uint16_t port) {
  End end;
  end.port = port;
  std::memcpy(&end.lower, address.bytes.data(), sizeof end.lower);
  std::memcpy(&end.upper, address.bytes.data() + sizeof end.lower, sizeof end.upper);
  return end;
}

// Address and port in one number, which orders like the End would.
std::uint64_t make_ipv4_end(const IpAddress& address, std::uint16_t port) {
  std::uint64_t lower = 0;
  std::memcpy(&lower, address.bytes.data(), 4);
  return (lower << 16) | port;
}

// Without a branch on the way, which nothing could foretell.
FlowPlace ipv4_flow(std::uint64_t source, std::uint64_t destination) {
  const std::uint64_t first = std::min(source, destination);
  const std::uint64_t second = std::max(source, destination);
  FlowPlace result;
  result.key.first_lower = first >> 16;
  result.key.second_lower = second >> 16;
  result.key.first_port = static_cast<std::uint16_t>(first);
  result.key.second_port = static_cast<std::uint16_t>(second);
  result.way = first == source ? Way::forward : Way::backward;
  return result;
}

// Multiplies to 128 bits and folds, which mixes every bit of both into every bit of the result.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

FlowPlace find_flow(const IpAddress& source, std::uint16_t source_port,
                    const IpAddress& destination, std::uint16_t destination_port) {
  if (source.version == IpVersion::v4) {
    return ipv4_flow(make_ipv4_end(source, source_port),
                     make_ipv4_end(destination, destination_port));
  }
  End first = make_end(source, source_port);
  End second = make_end(destination, destination_port);
  FlowPlace result;
  if (second < first) {
    std::swap(first, second);
    result.way = Way::backward;
  }
  result.key = FlowKey{first.upper, first.lower, second.upper,  second.lower, first.port,
                       second.port, 0,           source.version};
  return result;
}

std::uint64_t hash_flow_key(const FlowKey& key) {
  // Odd constants without structure (digits of pi) keep zero words from cancelling the rest.
  constexpr std::uint64_t kFirst = 0x243f6a8885a308d3;
  constexpr std::uint64_t kSecond = 0x13198a2e03707345;
  const std::uint64_t ports =
      (std::uint64_t{key.vlan} << 32) | (std::uint64_t{key.first_port} << 16) | key.second_port;
  const std::uint64_t lower = mix(key.first_lower ^ kFirst, key.second_lower ^ kSecond ^ ports);
  if (key.version == IpVersion::v4) return mix(lower, kFirst);
  return mix(lower ^ key.first_upper, key.second_upper ^ kFirst);
}

}  // namespace wireproof
