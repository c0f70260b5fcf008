#pragma once

#include <string>
#include <vector>

#include "support/connection_script.h"

namespace wireproof {

// A script of segments or of rows (support/connection_script.h).
using Words = std::vector<std::string>;

inline const Words kHandshake = {"C SYN", "S SYN", "C ACK"};
inline const Words kHandshakeRows = {"C SYN", "S SYN,ACK", "C ACK"};

inline MatchResult match(const Words& captured, const Words& table,
                         Strictness strictness = Strictness::stream) {
  const ScriptCapture capture = capture_script(captured);
  MatchContext context;
  context.strictness = strictness;
  return match_tcp(script_rows(table), capture.connection(), context);
}

}  // namespace wireproof
