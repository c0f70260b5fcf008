#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/system/proc.h"
#include "expect/path/path_passage.h"
#include "judge/traffic/played_session.h"
#include "judge/traffic/traffic.h"
#include "result/run_result.h"
#include "sheet/scenario.h"

namespace wireproof {

// What the server's processes held and had used.
struct ServerMeasured {
  ProcessUse before;  // the first step
  ProcessUse after;   // the end of the last connection
  Duration lasted{};

  bool operator==(const ServerMeasured&) const = default;
};

// A process that still had the server's end of a connection open when the session was over.
struct SocketHolder {
  Endpoint client;
  std::int64_t process = 0;
  bool is_server = false;     // the process that was started, or that listens; else one below it
  bool had_children = false;  // it has started processes that have ended
  std::uint32_t unread = 0;   // bytes that came and that it has not read; a FIN counts as one

  bool operator==(const SocketHolder&) const = default;
};

// Everything a scenario left behind, as values.
struct Evidence {
  PlayedSession played;            // its calls are also those of a traced server
  std::optional<Traffic> traffic;  // none: nothing was captured
  std::uint16_t tcp_port = 0;      // the server's, 0: none
  std::uint16_t udp_port = 0;
  std::string server_end;             // how its process ended unasked; empty: it did not
  std::vector<SocketHolder> holders;  // of the server's ends, when the session was over
  std::optional<ServerMeasured> server_use;
  std::string server_unmeasured;   // why there is none
  std::string sockets_unseen;      // why `sockets` steps took nothing; empty: they did
  std::string untraced;            // why no trace tells the server's calls; empty: not asked for
  std::string calls_unseen;        // why tables of the server's calls cannot be judged
  std::vector<PathUse> path_uses;  // of the sheet's path rules, in their order; offline: none
  std::vector<PathPassage> path_passages;  // of each packet; offline, and without a path: none
  Soundness soundness;
  bool offline = false;
  bool fates_unknown = false;  // the saved capture does not say what a path did with its packets
  std::string again;           // the command that plays or judges it again; empty: `run`
  bool strict = false;         // should counts as must
  bool judges_client = false;  // the server is our own: what it does is what the sheet wants
};

}  // namespace wireproof
