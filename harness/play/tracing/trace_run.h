#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/text/diagnostic.h"
#include "result/trace_result.h"

namespace wireproof {

struct TracedClient {
  std::string command;  // for the shell; {host} and {port} are filled in
  std::string input;    // its standard input, which ends behind it
};

// What to run and watch.
struct TraceRequest {
  std::string server;  // for the shell; {host} and {port} are filled in
  // All run at the same time. Each is started when the one before has connected, has sent its
  // first datagram, or has ended: so the order of the connections is that of the list.
  std::vector<TracedClient> clients;
  // The server's. None: that of its first listen() or of its first bind() of a UDP socket; its
  // {port} is then kDefaultPort.
  std::optional<std::uint16_t> port;
  std::filesystem::path folder;  // where the programs run; empty: here

  // Until the server listens, of time that the machine gave it.
  std::chrono::milliseconds start_limit{10000};
  std::chrono::milliseconds timeout{10000};    // of the clients, together
  std::chrono::milliseconds end_limit{3000};   // for connections to end after the clients
  std::chrono::milliseconds stop_limit{2000};  // for the server to end when it is told to
};
constexpr std::uint16_t kDefaultPort = 12345;

// More than this ends a run: its result holds what was seen until then, and a note says so.
constexpr std::size_t kMaxTracedPackets = 100000;
constexpr std::size_t kMaxTracedCalls = 50000;
constexpr std::size_t kMaxTracedInput = 65536;  // bytes of one client's input

// Why the programs could not be run; `what()` is the message, the notes say why and what to do.
struct TraceRefused : std::runtime_error {
  TraceRefused(std::string about, const std::string& message, std::vector<Note> reasons)
      : std::runtime_error(message), command(std::move(about)), notes(std::move(reasons)) {}

  std::string command;  // the one of the request that it is about; empty: none of them
  std::vector<Note> notes;
};

// What the caller does meanwhile.
struct TraceWatch {
  // After packets have come; calls are those that are known by then.
  std::function<void(const TraceResult& so_far)> on_packets;
  int stop_fd = -1;  // readable: the run ends now, with what it has
};

// Runs a server and its clients under trace in a network of their own, and captures what they
// say. Returns when the clients and all connections have ended, or a limit was reached, and the
// server was stopped; nothing that was started is left. All of it happens in a forked process, so
// that the caller keeps its network; the caller must have one thread. Throws TraceRefused,
// SystemError.
TraceResult run_trace(const TraceRequest& request, const TraceWatch& watch = {});

// What a run left behind, told: pure. Also good for a run that is still going on: what is not known
// yet is missing.
TraceAnalysis analyse_trace(const TraceResult& result);

}  // namespace wireproof
