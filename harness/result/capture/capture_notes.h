#pragma once

#include <string>
#include <vector>

#include "packets/capture/pcapng_writer.h"
#include "packets/flow/socket_call.h"
#include "result/packet_line.h"
#include "result/run_result.h"

namespace wireproof {

// What a kept capture says of its packets, for Wireshark and its like: of each packet a comment
// with a line for each thing that is known (`cause`, `blocked`, `row`, `verdict`, `remark`), the
// names of the programs where an address is one program's alone, and with `with_calls` a row for
// each call, two for one that waited.
struct NotedCapture {
  const PacketStore& packets;
  const std::vector<PacketLine>& lines;  // of each packet
  const std::vector<SocketCall>& calls;
  const Soundness& soundness;
  bool with_calls = false;
};
// `checks`: whose rows tell what is wrong; a trace has none.
CaptureNotes make_capture_notes(const NotedCapture& capture,
                                const std::vector<CheckResult>& checks = {});

}  // namespace wireproof
