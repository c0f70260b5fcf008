#pragma once

#include <string>
#include <vector>

#include "expect/calls/call_fit.h"
#include "judge/traffic/evidence.h"

namespace wireproof {

// What a table of calls is matched with: the calls of its actor, and the sockets that it names.
struct JudgedCalls {
  std::string client;                // whose connection; empty: of no single one
  std::vector<SocketCall> calls;     // in the order of their entries
  std::vector<std::size_t> indexes;  // of these in the session's calls
  SocketNames names;
};

// docs/calls.md §1: one for each connection where the table says `connection`, else one. Empty
// where no call of the table's actor is known.
std::vector<JudgedCalls> select_calls(const CallTable& table, const Evidence& evidence);

}  // namespace wireproof
