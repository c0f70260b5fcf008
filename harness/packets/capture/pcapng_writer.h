#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text/address.h"
#include "packets/wire/packet.h"

namespace wireproof {

// What a capture says beside its packets. Texts are UTF-8 without control characters, but for the
// line ends of comments.
struct CaptureNotes {
  // A call as a row between the packets: Wireshark shows it as an entry of systemd's journal.
  struct CallRow {
    Timestamp time{};
    std::string message;
    std::string program;
    std::int64_t process = 0;  // 0: not known
  };

  std::string application;                      // that wrote the file
  std::map<std::size_t, std::string> comments;  // by the packets' indexes, from 0
  std::vector<std::pair<IpAddress, std::string>> names;
  std::vector<CallRow> calls;  // ascending by their times
  std::uint64_t received = 0;  // by the interface
  std::uint64_t dropped = 0;
};

// pcapng (draft-ietf-opsawg-pcapng) with nanosecond stamps: an interface for each link type, the
// packets' numbers as epb_packetid, names in a Name Resolution Block, the interface's counters at
// the end. What a path did with its packets stands in front of their comments (fate_comment.h).
Bytes render_pcapng(const PacketStore& packets, const CaptureNotes& notes);

// The same as a file, as a whole. Throws SystemError naming it.
void write_pcapng(const std::filesystem::path& path, const PacketStore& packets,
                  const CaptureNotes& notes);

}  // namespace wireproof
