#pragma once

#include <optional>
#include <span>
#include <vector>

#include "expect/calls/call_fit.h"

namespace wireproof {

// Decides docs/calls.md for the rows of one table and the calls of one program.
//
// The idea is the packets' (match/match.h): events that are partly ordered are laid out so that
// they equal the rows. The matcher is not: what is concurrent there is two directions of one
// connection, and the cost of an alignment is counted in stream positions. Here any number of
// threads and sockets are, a call has no position, and most of what is left over is free.

enum class CallRowState : std::uint8_t {
  met,
  open,     // a `…` row
  differs,  // by the call listed, whose arguments or result are not as the row has them
  missing,
  out_of_order,  // the calls are there, but not where the table has them
};

struct CallRowMatch {
  std::size_t row = 0;  // index into the rows
  CallRowState state = CallRowState::missing;
  std::vector<std::size_t> calls;  // indexes, of a `…` row those that it stands for
  std::vector<FieldDifference> differences;
  // Of `missing` and `out_of_order`: the call that the program made on this socket instead; none:
  // it made no further one.
  std::optional<std::size_t> instead;

  bool operator==(const CallRowMatch&) const = default;
};

struct CallMatch {
  bool matched = false;  // every row of the level must is met, and no call is left over
  bool gave_up = false;  // too much is left open to be decided; `matched` is false then
  std::vector<CallRowMatch> rows;
  std::vector<std::size_t> extra;  // calls that no row has, indexes

  bool operator==(const CallMatch&) const = default;
};

// `calls` of one program in the order of their entries. Pure.
CallMatch match_calls(std::span<const CallRow> rows, std::span<const SocketCall> calls,
                      const SocketNames& names);

}  // namespace wireproof
