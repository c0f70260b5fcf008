#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "packets/capture/pcap_file.h"

namespace wireproof {

// All that a capture file gives.
struct CaptureContents {
  std::vector<RawPacket> packets;  // their bytes are gone
  std::vector<Bytes> bytes;
  std::optional<CaptureDamage> damage;
};

inline CaptureContents read_contents(const std::filesystem::path& path) {
  CaptureContents contents;
  const std::unique_ptr<PacketSource> source = open_capture(path);
  for (std::optional<RawPacket> packet = source->next(); packet; packet = source->next()) {
    contents.bytes.emplace_back(packet->bytes.begin(), packet->bytes.end());
    packet->bytes = {};
    contents.packets.push_back(*packet);
  }
  contents.damage = source->damage();
  return contents;
}

inline Bytes read_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const std::filesystem::path& path, ByteView bytes) {
  std::ofstream out(path, std::ios::binary);
  out << as_text(bytes);
}

}  // namespace wireproof
