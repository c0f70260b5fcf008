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
  enum class Kind : std::uint8_t { damaged, unsupported };

  std::uint64_t offset = 0;          // in the file, as far as it is known
  std::uint64_t packets_before = 0;  // delivered
  std::string reason;                // unsupported: what it is that is not supported
  Kind kind = Kind::damaged;

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

// Opens a pcap or pcapng file (also compressed), "-" for standard input. Throws SystemError or
// CaptureError when nothing at all can be read; damage further in ends the stream (damage(), whose
// offset counts uncompressed bytes). pcap files are read by libpcap, pcapng files by PcapngFile.
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

// Writes packets as a pcap file with nanosecond stamps, as a whole (OutputFile); all packets must
// have one link type. Throws SystemError naming the file.
void write_pcap(const std::filesystem::path& path, const PacketStore& packets);

// Of a number that a file has, or libpcap (DLT_): the type that it is read as.
LinkType link_type_of(std::uint16_t number);

}  // namespace wireproof
