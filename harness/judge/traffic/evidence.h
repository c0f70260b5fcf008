#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/system/socket_entry.h"
#include "judge/traffic/failed_step.h"
#include "packets/wire/packet_store.h"
#include "result/run_result.h"
#include "sheet/scenario.h"

namespace wireproof {

// Who is behind which endpoint. Live runs know it from getsockname; offline it follows from the
// order of the SYNs (judge_capture).
struct ActorEndpoint {
  std::string actor;
  Endpoint local;
  bool tcp = true;

  bool operator==(const ActorEndpoint&) const = default;
};

// The sockets on the server's ports at one `sockets` step.
struct SocketsTaken {
  std::string name;
  std::vector<SocketEntry> sockets;

  bool operator==(const SocketsTaken&) const = default;
};

// What the server's processes hold, and the CPU time that they have used.
struct ServerUse {
  std::int64_t descriptors = 0;
  std::int64_t threads = 0;
  std::int64_t resident_bytes = 0;
  Duration cpu{};

  bool operator==(const ServerUse&) const = default;
};
struct ServerMeasured {
  ServerUse before;  // the first step
  ServerUse after;   // the end of the last connection
  Duration lasted{};

  bool operator==(const ServerMeasured&) const = default;
};

// A process that still had the server's end of a connection open when the session was over.
struct SocketHolder {
  Endpoint client;
  std::int64_t process = 0;
  bool is_server = false;  // the process that was started, or that listens; else one below it

  bool operator==(const SocketHolder&) const = default;
};

// Everything a scenario left behind, as values.
struct Evidence {
  const PacketStore* packets = nullptr;  // not owned; null: nothing was captured
  std::uint16_t tcp_port = 0;            // the server's, 0: none
  std::uint16_t udp_port = 0;
  std::vector<ActorEndpoint> actors;  // in the order in which they connected
  std::vector<std::string> programs;  // actors that are programs, in the order of their starts
  std::vector<SocketCall> calls;
  std::vector<StepResult> steps;
  std::vector<SocketsTaken> sockets;  // one for each playing of a `sockets` step
  Diagnostics session_failures;
  std::vector<FailedStep> failed_steps;      // parallel to session_failures, or empty
  std::string server_end;                    // how its process ended unasked; empty: it did not
  std::vector<SocketHolder> holders;         // of the server's ends, when the session was over
  std::vector<std::string> session_skipped;  // steps that were not judged, with the reason
  std::string session_error;                 // could not be played: verdict ERROR
  std::string session_inconclusive;          // a step ran out of time on a machine without time
  std::optional<ServerMeasured> server_use;
  std::string server_unmeasured;  // why there is none
  std::string sockets_unseen;     // why `sockets` steps took nothing; empty: they did
  std::string untraced;           // why no trace tells the server's calls; empty: not asked for
  Soundness soundness;
  Variables variables;  // remembered by `field=?name`
  bool offline = false;
  std::string capture_file;  // offline: what was read, for the `again` line
  std::string again;         // live: the command that plays the sheet again; empty: `run`
  bool strict = false;       // should counts as must
};

}  // namespace wireproof
