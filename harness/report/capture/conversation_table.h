#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/text_table.h"
#include "judge/story/capture_diff.h"
#include "packets/flow/tcp_connection.h"
#include "report/capture/capture_table.h"

namespace wireproof {

// "3" and "tcp 3", "tcp:3"; "udp 3", "udp:3". Nothing for what is no such name.
std::optional<StreamName> parse_stream(std::string_view text);

// One for each of the capture's packets.
std::vector<KnownPacket> know_packets(const Conversations& conversations, std::size_t packet_count);

struct ChosenPackets {
  std::vector<bool> shown;         // of each packet
  std::optional<Timestamp> start;  // of the first packet that has a time
};
// A line for each conversation of which a packet was chosen, UDP behind TCP: who, how many packets
// and bytes each way, from when and how long, its history, how it ended and what was unusual.
std::string render_conversations(const Conversations& conversations, const ChosenPackets& chosen,
                                 TableFormat format);
// What happened in each of them, in sentences.
std::string render_stories(const Conversations& conversations, const ChosenPackets& chosen);

// "client closed first"; empty: nobody closed.
std::string render_first_close(FirstClose close);

// Bytes as `hexdump -C` writes them, 16 in a line; `offset` is that of the first one in its side's
// stream.
void append_hex(ByteView bytes, std::uint64_t offset, std::string& text);

// What the ends of a conversation that is there said to each other: the bytes of each in the order
// of its stream, in hex and as text, turn by turn; FIN, RST, and what was not captured. `out` may
// fail.
void write_followed(const Conversations& conversations, const StreamName& stream,
                    std::ostream& out);

}  // namespace wireproof
