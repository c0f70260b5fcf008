#pragma once

#include <string>
#include <vector>

#include "expect/calls/match_calls.h"

namespace wireproof {

// Calls and rows in few words, divided by `;`:
//   "P L listen backlog=5; T2 C recv 28; K C close copy; P L accept C; P fork K"
// calls: who (P, a thread of it T1…, the child K), the socket (L, C, D: another connection), the
// name, then a result, an error, or a word of its own;
//   "L listen backlog=5; C exactly recv; C close parent; L …; C recv returns=28 should"
// rows: the socket, the call, what it asks.
std::vector<SocketCall> read_calls(const std::string& text);
std::vector<CallRow> read_rows(const std::string& text);

// L and C have names.
inline const SocketNames kSocketNames{{1, "listener"}, {2, "connection"}};

}  // namespace wireproof
