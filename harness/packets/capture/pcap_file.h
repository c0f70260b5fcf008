#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "packets/capture/packet_source.h"
#include "packets/wire/packet_store.h"

namespace wireproof {

// Opens a pcap or pcapng file (also gzip'd), "-" for standard input. Throws SystemError or
// CaptureError when nothing at all can be read; damage further in ends the stream (damage(), whose
// offset counts uncompressed bytes). libpcap reads the interfaces of one pcapng file only as long
// as they have one link type: a second one ends the stream as damage that says so.
std::unique_ptr<PacketSource> open_capture(const std::filesystem::path& path);

// A file that is not a capture, or of a kind that cannot be read; `what()` says why.
class CaptureError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Writes packets as a pcap file with nanosecond stamps; all packets must have one link type.
// Throws SystemError naming the file.
void write_pcap(const std::filesystem::path& path, const PacketStore& packets);

}  // namespace wireproof
