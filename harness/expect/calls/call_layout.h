#pragma once

#include <optional>
#include <span>
#include <vector>

#include "expect/calls/call_events.h"

namespace wireproof {

// Whether rows below the level must have to be met, too.
enum class RowsWanted : std::uint8_t { all, must };

// Where each event is laid out: at a row, by its index; before all rows (kBeforeAll).
constexpr int kBeforeAll = -1;
struct CallLayout {
  std::vector<int> places;                           // of the events
  std::vector<std::vector<std::size_t>> row_events;  // that meet the row itself, in their order
};

struct LayoutResult {
  std::optional<CallLayout> layout;  // none: there is no such order
  bool gave_up = false;              // or none was found within the bounds
  std::size_t furthest_row = 0;      // the first row that could not be laid out; all: what is left
};

// Looks for an order of the events that respects what precedes what and equals the rows
// (docs/calls.md §4). Backtracks where a row may take one of several calls; what was tried in vain
// is remembered.
LayoutResult find_call_layout(std::span<const CallRow> rows, std::span<const CallEvent> events,
                              RowsWanted wanted);

// Whether the row may mean the event's call, whatever its arguments and result: its name, socket
// and process.
bool names_event(const CallRow& row, const CallEvent& event, std::span<const CallEvent> events);
// Whether a row stands for the event without being met by it: `…`, and what neighbours a call of a
// run.
bool absorbs(const CallRow& row, const CallEvent& event, std::span<const CallEvent> events);

}  // namespace wireproof
