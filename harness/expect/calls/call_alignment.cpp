#include "expect/calls/call_alignment.h"

#include <algorithm>
#include <set>

#include "expect/calls/call_layout.h"

namespace wireproof {
namespace {

// A call that differs is a better explanation than a row missing and a call left over.
constexpr int kMet = 4;
constexpr int kDiffers = 1;
constexpr int kMissing = -1;
constexpr int kExtra = -1;
constexpr std::size_t kMostCells = 4'000'000;

enum class Move : std::uint8_t { end, pass_open, match, skip_call, lack_row };

// The rows and events of one socket, by their indexes in the whole.
struct SocketPart {
  std::string socket;
  std::vector<std::size_t> rows;
  std::vector<std::size_t> events;
};

class SocketAlignment {
 public:
  SocketAlignment(const SocketPart& part, std::span<const CallRow> rows,
                  std::span<const CallEvent> events)
      : part_(part),
        rows_(rows),
        events_(events),
        width_(part.events.size() + 1),
        scores_((part.rows.size() + 1) * width_, 0),
        moves_(scores_.size(), Move::end) {}

  void align() {
    for (std::size_t row = part_.rows.size() + 1; row-- > 0;) {
      for (std::size_t event = width_; event-- > 0;) choose(row, event);
    }
  }

  // From the beginning, with the indexes of the row and the event that are next.
  template <class Visit>
  void visit(const Visit& visit) const {
    std::size_t row = 0;
    std::size_t event = 0;
    while (moves_[row * width_ + event] != Move::end) {
      const Move move = moves_[row * width_ + event];
      visit(move, row, event);
      if (move == Move::pass_open || move == Move::match || move == Move::lack_row) ++row;
      if (move == Move::match || move == Move::skip_call) ++event;
    }
  }

  // Whether the call may be left out behind the rows before `row`.
  bool is_left_out(std::size_t row, std::size_t event) const {
    const CallEvent& skipped = event_at(event);
    // An accept is also the listener's, and missed there.
    const bool is_other_sockets = part_.socket != "listener" && skipped.value->new_socket != 0;
    if (skipped.free || is_other_sockets) return true;
    return row > 0 && absorbs(row_at(row - 1), skipped, events_);
  }

 private:
  const CallRow& row_at(std::size_t row) const { return rows_[part_.rows[row]]; }
  const CallEvent& event_at(std::size_t event) const { return events_[part_.events[event]]; }

  void choose(std::size_t row, std::size_t event) {
    const bool has_row = row < part_.rows.size();
    const bool has_event = event + 1 < width_;
    bool chosen = false;
    const std::size_t cell = row * width_ + event;
    const auto consider = [&](Move move, int score) {
      if (chosen && score <= scores_[cell]) return;
      chosen = true;
      scores_[cell] = score;
      moves_[cell] = move;
    };
    if (has_row && row_at(row).anything) {
      consider(Move::pass_open, scores_[cell + width_]);
    } else if (has_row) {
      if (has_event && names_event(row_at(row), event_at(event), events_)) {
        const bool is_met = compare_call(row_at(row), *event_at(event).value).empty();
        consider(Move::match, (is_met ? kMet : kDiffers) + scores_[cell + width_ + 1]);
      }
      consider(Move::lack_row, kMissing + scores_[cell + width_]);
    }
    if (has_event) {
      consider(Move::skip_call, (is_left_out(row, event) ? 0 : kExtra) + scores_[cell + 1]);
    }
  }

  const SocketPart& part_;
  std::span<const CallRow> rows_;
  std::span<const CallEvent> events_;
  std::size_t width_;
  std::vector<int> scores_;  // of the best way from here to the end
  std::vector<Move> moves_;
};

class Explanation {
 public:
  Explanation(std::span<const CallRow> rows, std::span<const CallEvent> events)
      : rows_(rows), events_(events) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto state = rows[row].anything ? CallRowState::open : CallRowState::missing;
      match_.rows.push_back({row, state, {}, {}, {}});
    }
  }

  CallMatch explain(std::size_t furthest) {
    for (std::size_t row = 0; row < rows_.size(); ++row) take_any(row);
    for (const std::string& socket : sockets()) add_socket(socket);
    const auto is_wrong = [this](const CallRowMatch& row) {
      return rows_[row.row].level == Level::must && row.state != CallRowState::met &&
             row.state != CallRowState::open;
    };
    const bool is_told = !match_.extra.empty() || std::ranges::any_of(match_.rows, is_wrong);
    if (!is_told && !match_.rows.empty()) {
      CallRowMatch& row = match_.rows[std::min(furthest, match_.rows.size() - 1)];
      row.state = CallRowState::out_of_order;
    }
    std::ranges::sort(match_.extra);
    return std::move(match_);
  }

 private:
  // A fork or a wait on no socket in particular.
  void take_any(std::size_t row) {
    if (rows_[row].anything || !rows_[row].socket.empty()) return;
    for (std::size_t event = 0; event < events_.size(); ++event) {
      if (taken_.contains(event) || !names_event(rows_[row], events_[event], events_)) continue;
      if (!compare_call(rows_[row], *events_[event].value).empty()) continue;
      return take(row, event);
    }
  }

  // The listener last: an accept that a connection's row has is not left over there.
  std::vector<std::string> sockets() const {
    std::set<std::string> names;
    for (const CallRow& row : rows_) {
      if (!row.socket.empty()) names.insert(row.socket);
    }
    for (const CallEvent& event : events_) {
      names.insert(event.sockets.begin(), event.sockets.end());
    }
    const bool has_listener = names.erase("listener") != 0;
    std::vector<std::string> sorted(names.begin(), names.end());
    if (has_listener) sorted.emplace_back("listener");
    return sorted;
  }

  void add_socket(const std::string& socket) {
    SocketPart part{socket, {}, {}};
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const bool is_any = rows_[row].anything && rows_[row].socket.empty();
      if (is_any || rows_[row].socket == socket) part.rows.push_back(row);
    }
    for (std::size_t event = 0; event < events_.size(); ++event) {
      if (events_[event].is_on(socket) && !taken_.contains(event)) part.events.push_back(event);
    }
    if ((part.rows.size() + 1) * (part.events.size() + 1) > kMostCells) return;
    SocketAlignment alignment(part, rows_, events_);
    alignment.align();
    alignment.visit([&](Move move, std::size_t row, std::size_t event) {
      if (move == Move::match) take(part.rows[row], part.events[event]);
      if (move == Move::lack_row) lack(part, row, event);
      if (move == Move::skip_call && !alignment.is_left_out(row, event)) {
        match_.extra.push_back(events_[part.events[event]].call);
      }
    });
  }

  void take(std::size_t row, std::size_t event) {
    CallRowMatch& found = match_.rows[row];
    taken_.insert(event);
    found.calls.push_back(events_[event].call);
    found.differences = compare_call(rows_[row], *events_[event].value);
    found.state = found.differences.empty() ? CallRowState::met : CallRowState::differs;
  }

  void lack(const SocketPart& part, std::size_t row, std::size_t event) {
    for (; event < part.events.size(); ++event) {
      const CallEvent& next = events_[part.events[event]];
      if (next.free) continue;
      match_.rows[part.rows[row]].instead = next.call;
      return;
    }
  }

  std::span<const CallRow> rows_;
  std::span<const CallEvent> events_;
  std::set<std::size_t> taken_;  // events that a row has
  CallMatch match_;
};

}  // namespace

CallMatch align_calls(std::span<const CallRow> rows, std::span<const CallEvent> events,
                      std::size_t furthest) {
  std::vector<CallRow> asked(rows.begin(), rows.end());
  // Where nobody forked that is missing, not every call of a child.
  const bool has_forked =
      std::ranges::any_of(events, [](const CallEvent& event) { return event.value->child != 0; });
  for (CallRow& row : asked) {
    if (!has_forked) row.process = CallProcess::any;
  }
  return Explanation(asked, events).explain(furthest);
}

}  // namespace wireproof
