#include "expect/calls/call_layout.h"

#include <algorithm>
#include <set>
#include <unordered_set>

namespace wireproof {
namespace {

constexpr int kUnplaced = -2;
constexpr std::uint64_t kMostWork = 40'000'000;            // looks at an event
constexpr std::uint64_t kHashFactor = 1'099'511'628'211U;  // FNV-1a, 64 bits
constexpr std::uint64_t kHashBegin = 14'695'981'039'346'656'037U;

class LayoutSearch {
 public:
  LayoutSearch(std::span<const CallRow> rows, std::span<const CallEvent> events, RowsWanted wanted)
      : rows_(rows),
        events_(events),
        wanted_(wanted),
        places_(events.size(), kUnplaced),
        followers_(events.size(), 0),
        row_events_(rows.size()) {
    for (const CallEvent& event : events) {
      for (const std::size_t before : event.before) ++followers_[before];
    }
  }

  LayoutResult search() {
    LayoutResult result;
    const bool found = place_rows(0, 0);
    result.gave_up = !found && work_ > kMostWork;
    result.furthest_row = furthest_;
    if (found) result.layout = CallLayout{std::move(places_), std::move(row_events_)};
    return result;
  }

 private:
  bool is_beyond_bounds() {
    work_ += events_.size();
    return work_ > kMostWork;
  }

  // The rows from `row` on; `sum` are the bytes that calls have brought to a run of so many bytes.
  bool place_rows(std::size_t row, std::int64_t sum) {
    furthest_ = std::max(furthest_, row);
    if (row == rows_.size()) return place_rest();
    if (rows_[row].anything) return place_rows(row + 1, 0);
    if (is_beyond_bounds() || !tried_.insert(state(row, sum)).second) return false;
    std::vector<std::size_t> in_vain;
    for (std::size_t event = 0; event < events_.size(); ++event) {
      if (places_[event] != kUnplaced || !fits(row, event)) continue;
      if (place_one(row, sum, event, in_vain)) return true;
      if (work_ > kMostWork) return false;
    }
    const bool may_lack = wanted_ == RowsWanted::must && rows_[row].level != Level::must;
    return may_lack && sum == 0 && place_rows(row + 1, 0);
  }

  // `in_vain` are those that the row has had without success.
  bool place_one(std::size_t row, std::int64_t sum, std::size_t event,
                 std::vector<std::size_t>& in_vain) {
    const std::vector<std::size_t> before = unplaced_before(event);
    if (is_no_better(row, event, before, in_vain)) return false;
    const std::size_t mark = trail_.size();
    const auto skip_one = [&](std::size_t earlier) { return skip(earlier, row); };
    if (!std::ranges::all_of(before, skip_one)) return undo(mark);
    in_vain.push_back(event);
    put(event, static_cast<int>(row));
    row_events_[row].push_back(event);
    if (go_on(row, sum + events_[event].value->result)) return true;
    row_events_[row].pop_back();
    return undo(mark);
  }

  bool go_on(std::size_t row, std::int64_t sum) {
    const auto& returns = rows_[row].arguments.returns;
    if (!returns || !is_run(rows_[row])) return place_rows(row + 1, 0);
    if (sum > returns->most) return false;
    if (sum >= returns->least && place_rows(row + 1, 0)) return true;
    return sum < returns->most && place_rows(row, sum);
  }

  // A row that need not be met takes a call that differs, rather than leave that over.
  bool fits(std::size_t row, std::size_t event) const {
    if (!names_event(rows_[row], events_[event], events_)) return false;
    if (wanted_ == RowsWanted::must && rows_[row].level != Level::must) return true;
    return compare_call(rows_[row], *events_[event].value).empty();
  }

  // In their order.
  std::vector<std::size_t> unplaced_before(std::size_t event) {
    std::vector<std::size_t> waiting = events_[event].before;
    std::set<std::size_t> found;
    while (!waiting.empty()) {
      const std::size_t next = waiting.back();
      waiting.pop_back();
      if (places_[next] != kUnplaced || !found.insert(next).second) continue;
      ++work_;
      waiting.insert(waiting.end(), events_[next].before.begin(), events_[next].before.end());
    }
    return {found.begin(), found.end()};
  }

  // Where a `…` comes next that has all that lies between an earlier call and this one, the row can
  // as well have the earlier one: what failed with that fails with this.
  bool is_no_better(std::size_t row, std::size_t event, const std::vector<std::size_t>& before,
                    const std::vector<std::size_t>& in_vain) const {
    if (row + 1 == rows_.size() || !rows_[row + 1].anything || rows_[row].arguments.returns) {
      return false;
    }
    const auto is_earlier = [&](std::size_t tried) {
      return std::ranges::binary_search(before, tried);
    };
    const auto is_left_to_next = [&](std::size_t other) {
      return events_[other].free || absorbs(rows_[row + 1], events_[other], events_);
    };
    return std::ranges::any_of(in_vain, is_earlier) && is_left_to_next(event) &&
           std::ranges::all_of(before, is_left_to_next);
  }

  // At the first place that it may have, so that as little as possible is behind it.
  bool skip(std::size_t event, std::size_t row) {
    int place = kBeforeAll;
    for (const std::size_t before : events_[event].before) {
      place = std::max(place, places_[before]);
    }
    if (!events_[event].free) {
      place = std::max(place, 0);
      while (place < static_cast<int>(row) && !takes(static_cast<std::size_t>(place), event))
        ++place;
      if (place == static_cast<int>(row)) return false;
    }
    put(event, place);
    return true;
  }

  bool takes(std::size_t row, std::size_t event) const {
    return (rows_[row].anything || !row_events_[row].empty()) &&
           absorbs(rows_[row], events_[event], events_);
  }

  bool place_rest() {
    const std::size_t mark = trail_.size();
    for (std::size_t event = 0; event < events_.size(); ++event) {
      if (places_[event] == kUnplaced && !skip(event, rows_.size())) return undo(mark);
    }
    return true;
  }

  void put(std::size_t event, int place) {
    places_[event] = place;
    for (const std::size_t before : events_[event].before) --followers_[before];
    trail_.push_back(event);
  }

  bool undo(std::size_t mark) {
    while (trail_.size() > mark) {
      places_[trail_.back()] = kUnplaced;
      for (const std::size_t before : events_[trail_.back()].before) ++followers_[before];
      trail_.pop_back();
    }
    return false;
  }

  // Of what is placed only this matters for the rest: which events, and where those are that
  // something follows which is not placed yet; of rows, whether they were met.
  std::uint64_t state(std::size_t row, std::int64_t sum) {
    std::uint64_t hash = kHashBegin;
    const auto add = [&hash](std::uint64_t value) { hash = (hash ^ value) * kHashFactor; };
    add(row);
    add(static_cast<std::uint64_t>(sum));
    for (std::size_t event = 0; event < events_.size(); ++event) {
      const bool matters = places_[event] != kUnplaced && followers_[event] != 0;
      const int place = matters ? places_[event] : kBeforeAll;
      add(places_[event] == kUnplaced ? 0 : static_cast<std::uint64_t>(place + 2));
    }
    for (std::size_t met = 0; met < row; ++met) add(row_events_[met].empty() ? 0 : 1);
    return hash;
  }

  std::span<const CallRow> rows_;
  std::span<const CallEvent> events_;
  RowsWanted wanted_;
  std::vector<int> places_;
  std::vector<std::size_t> followers_;  // how many unplaced events each directly precedes
  std::vector<std::vector<std::size_t>> row_events_;
  std::vector<std::size_t> trail_;  // what was placed, in that order
  std::unordered_set<std::uint64_t> tried_;
  std::size_t furthest_ = 0;
  std::uint64_t work_ = 0;
};

// Who forked whom, with a copy of a socket that the row is about.
bool is_of_process(const CallRow& row, const SocketCall& call, std::span<const CallEvent> events) {
  if (row.process == CallProcess::any) return true;
  return std::ranges::any_of(events, [&](const CallEvent& event) {
    if (event.value->child == 0) return false;
    if (!row.socket.empty() && !event.is_on(row.socket)) return false;
    const auto process =
        row.process == CallProcess::child ? event.value->child : event.value->process;
    return process == call.process;
  });
}

}  // namespace

bool names_event(const CallRow& row, const CallEvent& event, std::span<const CallEvent> events) {
  if (row.anything || !names_call(row, *event.value)) return false;
  if (!row.socket.empty() && !event.is_on(row.socket)) return false;
  return is_of_process(row, *event.value, events);
}

bool absorbs(const CallRow& row, const CallEvent& event, std::span<const CallEvent> events) {
  if (row.anything) {
    return (row.socket.empty() || event.is_on(row.socket)) &&
           is_of_process(row, *event.value, events);
  }
  return is_run(row) && !row.arguments.returns && names_event(row, event, events) &&
         compare_call(row, *event.value).empty();
}

LayoutResult find_call_layout(std::span<const CallRow> rows, std::span<const CallEvent> events,
                              RowsWanted wanted) {
  return LayoutSearch(rows, events, wanted).search();
}

}  // namespace wireproof
