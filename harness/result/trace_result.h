#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/system/socket_address.h"
#include "packets/flow/socket_call.h"
#include "packets/wire/packet.h"
#include "result/run_result.h"

namespace wireproof {

// A program that ran under trace, and how it ended.
struct TracedProgram {
  std::string name;  // of its file, and the actor of its calls: "server.py", "client.py#2"
  Side side = Side::client;
  std::string command;           // as it was started, with {host} and {port} filled in
  std::int64_t process = 0;      // the first one; what it started counts as the same program
  std::optional<int> exit_code;  // none: a signal ended it
  int signal = 0;
  bool stopped = false;  // it ran still when all was over, and was ended
  std::string output;    // untrusted, standard output and error, at most kMaxProgramOutput bytes

  bool operator==(const TracedProgram&) const = default;
};

// What came of a server and its clients in a network of their own.
struct TraceResult {
  PacketStore packets;
  std::vector<SocketCall> calls;        // of all programs, in the order of their entries
  std::vector<TracedProgram> programs;  // the server first
  std::vector<SocketEntry> sockets;     // on the server's ports, before the server was stopped
  Soundness soundness;
  std::vector<std::string> notes;  // what could not be traced, or had to be ended, and why
  std::string host;                // under which clients find the server
  std::uint16_t tcp_port = 0;      // the server's; 0: none
  std::uint16_t udp_port = 0;
  bool connections_ended = true;  // false: some were still open when the wait for them was over
  bool timed_out = false;         // a client ran still when its time was over
  bool interrupted = false;       // the caller asked to stop
  Timestamp started{};
  Duration lasted{};  // from the first client's start to the end of the capture

  // The port that clients connect to.
  std::uint16_t port() const { return tcp_port != 0 ? tcp_port : udp_port; }
};

// A TCP connection or a UDP exchange between two traced programs.
struct TraceConversation {
  bool tcp = true;
  std::string client_name;  // of the program, else its endpoint
  std::string server_name;
  Endpoint client;
  Endpoint server;
  std::string history;  // matching.md §7; empty for UDP
  bool ended = false;
  std::vector<std::string> story;  // judge/story/conversation_story.h

  bool operator==(const TraceConversation&) const = default;
};

// What the packets and the calls of a run say together.
struct TraceAnalysis {
  std::vector<PacketLine> packets;        // in the order of capture; the remark says when and why
  std::vector<CallPackets> call_packets;  // of each call of the result
  std::vector<TraceConversation> conversations;
  Soundness soundness;  // of the capture, with what the streams themselves show
};

}  // namespace wireproof
