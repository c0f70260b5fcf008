#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expect/calls/call_row.h"
#include "expect/match/match.h"
#include "packets/flow/socket_call.h"

namespace wireproof {

// What a single call is to a single row (docs/calls.md §1 and §3).

// By the table's names ("listener") the sockets that are judged.
using SocketNames = std::map<std::uint64_t, std::string>;

// Names of the sockets that a call is made on: of accept the new one too, of a wait those that it
// watches, of fork those that the child has copies of.
std::vector<std::string> sockets_of(const SocketCall& call, const SocketNames& names);

// Lets go of a descriptor: close, close_range, dup2 onto it, exit, exec.
bool is_close(const SocketCall& call);

// Whether the call may be left over: one that has not returned, that only tried (EAGAIN, EINTR),
// looked (MSG_PEEK), waited, or set an option; fork and dup; the close of one of several copies,
// and one that exit or exec made.
bool is_free(const SocketCall& call);

// Whether a row of this name may mean the call, whatever its arguments and result.
bool names_call(const CallRow& row, const SocketCall& call);

// A row of bytes: neighbouring calls count as one, as segments do.
bool is_run(const CallRow& row);

// What is not as the row has it; empty: the call meets the row. Of a run, `returns` is not
// compared.
std::vector<FieldDifference> compare_call(const CallRow& row, const SocketCall& call);

// "ECONNRESET"; a number that has no name as digits.
std::string error_name(int error_number);
// Of the name; nothing where there is none.
std::optional<int> find_error(const std::string& name);

// The call as a row of a table would be written: "listen", "backlog=5".
std::string render_call_arguments(const SocketCall& call);

// SHUT_ and MSG_ names that a table may use, with their values.
struct NamedFlag {
  std::string_view name;
  int value = 0;
};
std::span<const NamedFlag> shutdown_ways();
std::span<const NamedFlag> message_flags();

}  // namespace wireproof
