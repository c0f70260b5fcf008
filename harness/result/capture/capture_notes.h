#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "packets/capture/pcapng_writer.h"
#include "packets/flow/socket_call.h"
#include "result/packet_line.h"
#include "result/run_result.h"

namespace wireproof {

// Packets, from 0, that are no row's, or a row's that is not met and whose level lets it fail.
std::set<std::size_t> find_wrong_packets(const std::vector<PacketLine>& lines,
                                         const std::vector<CheckResult>& checks);

// Whether the call with this index slept: it says so, or took a packet that came behind its entry.
// `taken` may be empty: nothing is known of what calls took.
bool has_waited(const std::vector<SocketCall>& calls, std::size_t index,
                const std::vector<CallPackets>& taken, const std::vector<PacketLine>& lines);

// What a kept capture says of its packets, for Wireshark and its like: of each packet a comment
// with a line for each thing that is known (`cause`, `blocked`, `row`, `verdict`, `remark`), the
// names of the programs where an address is one program's alone, and with `with_calls` a row for
// each call, two for one that waited.
struct NotedCapture {
  const PacketStore& packets;
  const std::vector<PacketLine>& lines;  // of each packet
  const std::vector<SocketCall>& calls;
  const std::vector<CallPackets>& call_packets;  // of each call, or of none
  const Soundness& soundness;
  bool with_calls = false;
};
// `checks`: whose rows tell what is wrong; a trace has none.
CaptureNotes make_capture_notes(const NotedCapture& capture,
                                const std::vector<CheckResult>& checks = {});

}  // namespace wireproof
