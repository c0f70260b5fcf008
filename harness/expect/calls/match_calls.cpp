#include "expect/calls/match_calls.h"

#include <algorithm>

#include "expect/calls/call_alignment.h"
#include "expect/calls/call_layout.h"

namespace wireproof {
namespace {

// The call on its socket that comes where the row has none.
std::optional<std::size_t> find_next(std::span<const CallRow> rows, const CallMatch& match,
                                     std::size_t row) {
  for (std::size_t next = row + 1; next < rows.size(); ++next) {
    const std::vector<std::size_t>& calls = match.rows[next].calls;
    if (rows[next].socket == rows[row].socket && !calls.empty()) return calls.front();
  }
  return std::nullopt;
}

CallMatch tell_layout(std::span<const CallRow> rows, std::span<const CallEvent> events,
                      const CallLayout& layout) {
  CallMatch match;
  match.matched = true;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    CallRowMatch& found = match.rows.emplace_back();
    found.row = row;
    found.state = rows[row].anything ? CallRowState::open : CallRowState::missing;
    for (const std::size_t event : layout.row_events[row]) {
      found.calls.push_back(events[event].call);
      found.differences = compare_call(rows[row], *events[event].value);
      found.state = found.differences.empty() ? CallRowState::met : CallRowState::differs;
    }
  }
  // What a row stands for besides.
  for (std::size_t event = 0; event < events.size(); ++event) {
    const int place = layout.places[event];
    if (place == kBeforeAll || events[event].free) continue;
    std::vector<std::size_t>& calls = match.rows[static_cast<std::size_t>(place)].calls;
    if (std::ranges::find(calls, events[event].call) == calls.end()) {
      calls.push_back(events[event].call);
    }
  }
  for (CallRowMatch& row : match.rows) {
    std::ranges::sort(row.calls);
    if (row.state == CallRowState::missing) row.instead = find_next(rows, match, row.row);
  }
  return match;
}

}  // namespace

CallMatch match_calls(std::span<const CallRow> rows, std::span<const SocketCall> calls,
                      const SocketNames& names) {
  const std::vector<CallEvent> events = list_call_events(calls, names);
  LayoutResult found = find_call_layout(rows, events, RowsWanted::all);
  const std::size_t furthest = found.furthest_row;
  const bool asks_less =
      std::ranges::any_of(rows, [](const CallRow& row) { return row.level != Level::must; });
  if (!found.layout && !found.gave_up && asks_less) {
    found = find_call_layout(rows, events, RowsWanted::must);
  }
  if (found.layout) return tell_layout(rows, events, *found.layout);
  CallMatch match = align_calls(rows, events, furthest);
  match.gave_up = found.gave_up;
  return match;
}

}  // namespace wireproof
