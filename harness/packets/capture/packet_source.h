#pragma once

#include <optional>
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

}  // namespace wireproof
