#pragma once

#include <string>
#include <vector>

#include "session/trace_result.h"

namespace wireproof {

// A TCP connection or a UDP exchange between two traced programs.
struct TraceConversation {
  bool tcp = true;
  std::string client_name;  // of the program, else its endpoint
  std::string server_name;
  Endpoint client;
  Endpoint server;
  std::string history;  // matching.md §7; empty for UDP
  bool ended = false;
  std::vector<std::string> story;  // expect/conversation_story.h

  bool operator==(const TraceConversation&) const = default;
};

// What the packets and the calls of a run say together.
struct TraceAnalysis {
  std::vector<PacketLine> packets;        // in the order of capture; the remark says when and why
  std::vector<CallPackets> call_packets;  // of each call of the result
  std::vector<TraceConversation> conversations;
  Soundness soundness;  // of the capture, with what the streams themselves show
};

// Pure. Also good for a run that is still going on: what is not known yet is missing.
TraceAnalysis analyse_trace(const TraceResult& result);

}  // namespace wireproof
