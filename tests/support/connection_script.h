#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "expect/match/match.h"
#include "packets/wire/packet.h"

namespace wireproof {

// One captured TCP segment in relative positions (SYN at 0, stream byte k at k + 1).
struct ScriptSegment {
  Side from = Side::client;
  std::size_t connection = 1;  // its number: the client's port differs
  std::uint16_t flags = 0;
  std::uint64_t seq = 0;
  std::uint64_t ack = 0;
  std::string payload;
  std::uint16_t window = 64240;
  PacketFate fate = PacketFate::arrived;
  std::vector<std::string> words;  // of the script that say nothing of these

  bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
  // Behind what it sends.
  std::uint64_t end() const;
};

// A connection with the packets that it views.
struct ScriptCapture {
  std::unique_ptr<PacketStore> store;
  std::vector<Packet> packets;
  Conversations conversations;

  const TcpConnection& connection() const { return conversations.tcp.front(); }
};

// Packs the segments into packets, with initial sequence numbers close to the end of their range,
// and reads them back.
ScriptCapture capture_segments(const std::vector<ScriptSegment>& segments);

// Segments from words, one text each: `C SYN`, `S SYN`, `C ACK`, `S 4`, `C 5 FIN`, `S FIN`,
// `S RST`. Sequence numbers go on by themselves and all that the other side sent is acknowledged;
// `ack=N` and `seq=N` say otherwise for a segment, `noack` leaves the ACK out. Data carries PSH
// unless `nopsh` stands there, and its bytes are stream_text's, or written: `"text"`, `"A"*3000`.
// `fate=lost`: what a path did with it.
// `C2` and `S2` are the ends of a second connection; with `new` a SYN begins a connection anew.
std::vector<ScriptSegment> script_segments(const std::vector<std::string>& words);
ScriptCapture capture_script(const std::vector<std::string>& words);

// The bytes that a side sends at positions [begin, end).
std::string stream_text(Side from, std::uint64_t begin, std::uint64_t end);

// Rows from words: `C SYN`, `S SYN,ACK`, `C PSH,ACK 5`, `C PSH,ACK 5..8`, `C PSH,ACK`, `…`;
// `should`, `info`, `any`, `again` and `fate=lost` may follow.
std::vector<Row> script_rows(const std::vector<std::string>& words);

}  // namespace wireproof
