#include "expect/match/placings.h"

#include <algorithm>

namespace wireproof {

std::uint64_t RowPlacing::sent_end(const Row& row, Side side) const {
  if (row.kind == RowKind::anything) return side == Side::client ? client_end : server_end;
  return placed && row.from == side ? end : 0;
}

namespace {

// A segment that was laid out before what it acknowledges.
struct EarlyStep {
  std::size_t row = 0;
  Side side = Side::client;          // of what it acknowledges
  std::uint64_t first_position = 0;  // the first position that was not laid out yet
};

class PlacingReader {
 public:
  explicit PlacingReader(const EventTable& table) : table_(table) {
    placings_.rows.resize(table.rows.size());
    state_.client_position = table.lanes.client.begin();
    state_.server_position = table.lanes.server.begin();
  }

  void read(const AlignStep& step) {
    const Move& move = step.move;
    switch (move.kind) {
      case MoveKind::place:
        place(step);
        break;
      case MoveKind::absorb:
        absorb(step);
        break;
      case MoveKind::leave:
        last_row_ = table_.plan.items[move.item].row;
        break;
      case MoveKind::substitute:
        substitute(step);
        break;
      case MoveKind::miss:
        miss(table_.plan.items[move.item], step.before);
        break;
      case MoveKind::unexpected:
        unexpect(move.side, step.before.position(move.side), move.to.position(move.side));
        break;
      case MoveKind::give_up:
        return;  // take() treats what is left
    }
    state_ = move.to;
  }

  Placings take() {
    for (const Side side : {Side::client, Side::server}) {
      const ItemLane& lane = table_.plan.lane(side);
      for (std::size_t place = state_.item(side); place < lane.items.size(); ++place) {
        const Item& item = table_.plan.items[lane.items[place]];
        if (!item.anything) miss(item, state_);
      }
    }
    for (const Side side : {Side::client, Side::server}) {
      unexpect(side, state_.position(side), table_.lanes.of(side).end());
    }
    for (const EarlyStep& early : early_) name_early_row(early);
    return std::move(placings_);
  }

 private:
  void place(const AlignStep& step) {
    const Item& item = table_.plan.items[step.move.item];
    RowPlacing& placing = placings_.rows[item.row];
    const std::uint64_t begin = step.before.position(item.from);
    if (!placing.placed) placing.begin = begin;
    placing.placed = true;
    placing.end = step.move.to.position(item.from);
    last_row_ = item.row;
    if (!step.move.early) return;
    const Side other = other_side(item.from);
    early_.push_back({item.row, other, step.before.position(other)});
  }

  void absorb(const AlignStep& step) {
    RowPlacing& placing = placings_.rows[table_.plan.items[step.move.item].row];
    const bool client = step.move.side == Side::client;
    std::uint64_t& begin = client ? placing.client_begin : placing.server_begin;
    std::uint64_t& end = client ? placing.client_end : placing.server_end;
    if (begin == end) begin = step.before.position(step.move.side);
    end = step.move.to.position(step.move.side);
    last_row_ = table_.plan.items[step.move.item].row;
  }

  void substitute(const AlignStep& step) {
    const Item& item = table_.plan.items[step.move.item];
    miss(item, step.before);
    const Piece* piece = table_.lanes.of(item.from).piece_at(step.before.position(item.from));
    if (piece != nullptr) placings_.rows[item.row].substitute = *piece;
    last_row_ = item.row;
  }

  void miss(const Item& item, const AlignState& state) {
    RowPlacing& placing = placings_.rows[item.row];
    if (placing.missed) return;
    placing.missed = true;
    placing.missed_position = state.position(item.from);
  }

  void unexpect(Side side, std::uint64_t begin, std::uint64_t end) {
    const Lane& lane = table_.lanes.of(side);
    for (std::size_t index = lane.piece_index(begin); index < lane.pieces().size(); ++index) {
      Piece piece = lane.pieces()[index];
      if (piece.begin >= end) break;
      piece.begin = std::max(piece.begin, begin);
      placings_.unexpected.push_back({side, piece, last_row_});
    }
  }

  // The row that sent what was acknowledged too soon came too early in the capture.
  void name_early_row(const EarlyStep& early) {
    for (std::size_t index = 0; index < table_.rows.size(); ++index) {
      RowPlacing& placing = placings_.rows[index];
      const bool holds = placing.placed && table_.rows[index].from == early.side &&
                         placing.begin <= early.first_position &&
                         early.first_position < placing.end;
      if (!holds) continue;
      if (!placing.early_for) placing.early_for = early.row;
      return;
    }
    placings_.rows[early.row].acknowledges_unexpected = true;
  }

  const EventTable& table_;
  Placings placings_;
  AlignState state_;
  std::vector<EarlyStep> early_;
  std::optional<std::size_t> last_row_;
};

}  // namespace

Placings read_placings(const EventTable& table, const std::vector<AlignStep>& steps) {
  PlacingReader reader(table);
  for (const AlignStep& step : steps) reader.read(step);
  return reader.take();
}

}  // namespace wireproof
