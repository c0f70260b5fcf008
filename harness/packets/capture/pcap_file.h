#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "packets/wire/packet.h"

namespace wireproof {

// Why a capture file could not be read to its end: everything before the damage was delivered.
struct CaptureDamage {
  std::uint64_t offset = 0;          // in the file, as far as it is known
  std::uint64_t packets_before = 0;  // delivered
  std::string reason;

  bool operator==(const CaptureDamage&) const = default;
};

// Where packets come from. One of the few outside edges: files, live capture, test doubles.
class PacketSource {
 public:
  PacketSource() = default;
  PacketSource(const PacketSource&) = delete;
  PacketSource& operator=(const PacketSource&) = delete;
  virtual ~PacketSource() = default;

  // The next packet, or nothing at the end. Its bytes are good until the next call.
  virtual std::optional<RawPacket> next() = 0;
  // After the end: why it came early, nothing when the source was sound.
  virtual std::optional<CaptureDamage> damage() const = 0;
};

// Opens a pcap or pcapng file (also gzip'd), "-" for standard input. Throws SystemError or
// CaptureError when nothing at all can be read; damage further in ends the stream (damage(), whose
// offset counts uncompressed bytes). libpcap reads the interfaces of one pcapng file only as long
// as they have one link type: a second one ends the stream as damage that says so.
std::unique_ptr<PacketSource> open_capture(const std::filesystem::path& path);

// Whoever judges a capture keeps all of its packets; with what is said of each they take about
// 700 bytes and their own.
constexpr std::size_t kMostStoredPackets = 1'000'000;
constexpr std::size_t kMostStoredBytes = std::size_t{512} << 20;
struct StoreLimits {
  std::size_t packets = kMostStoredPackets;
  std::size_t bytes = kMostStoredBytes;
};
struct StoredPackets {
  PacketStore packets;
  bool left_out = false;  // the source has more than the limits allow: they stand at its begin
};
StoredPackets store_packets(PacketSource& source, const StoreLimits& limits = {});

// A file that is not a capture, or of a kind that cannot be read; `what()` says why.
class CaptureError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Writes packets as a pcap file with nanosecond stamps; all packets must have one link type.
// Throws SystemError naming the file.
void write_pcap(const std::filesystem::path& path, const PacketStore& packets);

// Of libpcap's DLT_ number.
LinkType link_type_of_dlt(int dlt);

}  // namespace wireproof
