// matching.md §5. Datagrams are items: their boundaries always matter, and each direction keeps
// the order of its capture. Across directions a table is contradicted in one way only: a datagram
// of the server that stands below one of the client's was captured before it. The other way round
// the client may simply not have waited. A datagram that the path lost needs no row, and none has
// it that does not say so. One that was sent `again` is an item as any other: its bytes are those
// of one before it. Where the table is exact, its order is the capture's also across directions,
// and what was lost needs a row as well.
#include <algorithm>

#include "expect/match/event_table.h"
#include "expect/match/plain_match.h"
#include "expect/match/row_values.h"

namespace wireproof {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// Of a state, `client_item` is the next row; the positions count the datagrams of each direction.
class DatagramAlignment {
 public:
  DatagramAlignment(std::span<const Row> rows, const UdpExchange& exchange,
                    const MatchContext& context)
      : rows_(rows), exchange_(exchange), context_(context) {
    for (std::size_t index = 0; index < exchange.datagrams.size(); ++index) {
      (exchange.datagrams[index].from == Side::client ? client_ : server_).push_back(index);
    }
  }

  // Indexes into the exchange.
  const std::vector<std::size_t>& sent(Side side) const {
    return side == Side::client ? client_ : server_;
  }

  // Index of a direction's next datagram, kNone at its end.
  std::size_t next(const AlignState& state, Side side) const {
    const std::vector<std::size_t>& all = sent(side);
    const std::uint64_t position = state.position(side);
    return position < all.size() ? all[position] : kNone;
  }

  bool is_exact() const { return context_.strictness == Strictness::exact; }

  // Whether it is known that a datagram did not arrive.
  bool is_lost(std::size_t index) const {
    return context_.fates == FateCells::compared && !has_arrived(exchange_.datagrams[index].fate);
  }

  bool needs_no_row(std::size_t index) const { return is_lost(index) && !is_exact(); }

  // A row `again`: what it repeats need not have a row, for it may have been lost.
  bool is_repeated(std::size_t index) const {
    const Datagram& datagram = exchange_.datagrams[index];
    return std::any_of(exchange_.datagrams.begin(),
                       exchange_.datagrams.begin() + static_cast<std::ptrdiff_t>(index),
                       [&](const Datagram& before) {
                         return before.from == datagram.from && !before.port_unreachable &&
                                before.payload_size == datagram.payload_size &&
                                std::ranges::equal(before.payload, datagram.payload);
                       });
  }

  bool finished(const AlignState& state) const {
    return state.client_item == rows_.size() && datagrams_done(state);
  }

  void placements(const AlignState& state, std::vector<Move>& moves) const {
    if (state.client_item < rows_.size()) add_row_moves(state, moves);
    for (const Side side : {Side::client, Side::server}) add_lost(state, side, moves);
  }

  // Those of the next row.
  void add_row_moves(const AlignState& state, std::vector<Move>& moves) const {
    const Row& row = rows_[state.client_item];
    if (row.kind == RowKind::anything) {
      add_anything(state, moves);
      return;
    }
    add_places(state, false, moves);
    if (row.level == Level::must) return;
    add_wrong_sizes(state, moves);
    moves.push_back(row_move(MoveKind::miss, state, 0, move_cost::kOptionalMiss));
  }

  // With none of the other direction before it, no datagram comes early.
  static AlignState lane(const AlignState& state, Side side) {
    AlignState lane = state;
    lane.position(other_side(side)) = 0;
    return lane;
  }

  bool lane_finished(const AlignState& state, Side side) const {
    return state.client_item == rows_.size() && next(state, side) == kNone;
  }

  void lane_moves(const AlignState& state, Side side, std::vector<Move>& moves) const {
    add_lost(state, side, moves);
    if (state.client_item == rows_.size()) return;
    const Row& row = rows_[state.client_item];
    if (row.kind != RowKind::anything && row.from == side) {
      add_row_moves(state, moves);
      return;
    }
    Move pass{.kind = MoveKind::leave, .side = side, .to = state};
    ++pass.to.client_item;
    moves.push_back(pass);
    if (row.kind != RowKind::anything || next(state, side) == kNone) return;
    Move absorb{.kind = MoveKind::absorb, .side = side, .to = state};
    ++absorb.to.position(side);
    moves.push_back(absorb);
  }

  void repairs(const AlignState& state, std::vector<Move>& moves) const {
    if (state.client_item == rows_.size() || datagrams_done(state)) {
      moves.push_back(give_up(state));
      return;
    }
    const Row& row = rows_[state.client_item];
    if (row.kind != RowKind::anything) {
      add_substitute(state, moves);
      add_places(state, true, moves);
    }
    for (const Side side : {Side::client, Side::server}) {
      if (next(state, side) == kNone || needs_no_row(next(state, side))) continue;
      Move move{.kind = MoveKind::unexpected, .side = side, .to = state};
      move.cost = move_cost::kUnexpected;
      ++move.to.position(side);
      moves.push_back(move);
    }
    if (row.kind == RowKind::anything || row.level != Level::must) return;
    moves.push_back(row_move(MoveKind::miss, state, 0, move_cost::kMiss));
    add_wrong_sizes(state, moves);
  }

 private:
  bool datagrams_done(const AlignState& state) const {
    return state.client_position == client_.size() && state.server_position == server_.size();
  }

  // The next row takes `count` datagrams of its side.
  Move row_move(MoveKind kind, const AlignState& state, std::uint64_t count,
                std::uint32_t cost) const {
    const Side side = rows_[state.client_item].from;
    Move move{.kind = kind, .side = side, .item = state.client_item, .cost = cost, .to = state};
    ++move.to.client_item;
    move.to.position(side) += count;
    return move;
  }

  void add_anything(const AlignState& state, std::vector<Move>& moves) const {
    Move leave{.kind = MoveKind::leave, .item = state.client_item, .to = state};
    ++leave.to.client_item;
    moves.push_back(leave);
    for (const Side side : {Side::client, Side::server}) {
      if (next(state, side) == kNone) continue;
      Move move{.kind = MoveKind::absorb, .side = side, .item = state.client_item, .to = state};
      ++move.to.position(side);
      moves.push_back(move);
    }
  }

  // No row has a lost datagram.
  void add_lost(const AlignState& state, Side side, std::vector<Move>& moves) const {
    if (next(state, side) == kNone || !needs_no_row(next(state, side))) return;
    Move move{.kind = MoveKind::leave, .side = side, .item = state.client_item, .to = state};
    ++move.to.position(side);
    moves.push_back(move);
  }

  // A datagram that did not arrive is for a row that says so.
  bool arrival_fits(const Row& row, std::size_t index) const {
    if (is_lost(index)) return row.fate == exchange_.datagrams[index].fate;
    return context_.fates == FateCells::unknown || row.fate != PacketFate::lost;
  }

  static bool same_kind(const Row& row, const Datagram& datagram) {
    return (row.kind == RowKind::port_unreachable) == datagram.port_unreachable &&
           row.kind != RowKind::tcp;
  }

  bool size_fits(const Row& row, const Datagram& datagram) const {
    return !compare_length(row, datagram.payload_size, context_);
  }

  // Whether the next server's datagram was captured before one that the rows above it have; where
  // the table is exact, the client's, too.
  bool comes_early(const AlignState& state) const {
    const Row& row = rows_[state.client_item];
    if ((row.from == Side::client && !is_exact()) || row.any_order) return false;
    const Side peer = other_side(row.from);
    std::uint64_t sent_above = state.position(peer);
    for (std::size_t above = state.client_item; above-- > 0 && sent_above > 0;) {
      if (rows_[above].from == row.from && rows_[above].kind != RowKind::anything) continue;
      if (!rows_[above].any_order) break;
      --sent_above;
    }
    return sent_above > 0 && sent(peer)[sent_above - 1] > next(state, row.from);
  }

  void add_places(const AlignState& state, bool early, std::vector<Move>& moves) const {
    const Row& row = rows_[state.client_item];
    const std::size_t index = next(state, row.from);
    if (index == kNone || comes_early(state) != early) return;
    const Datagram& datagram = exchange_.datagrams[index];
    if (!same_kind(row, datagram) || !size_fits(row, datagram)) return;
    if (!arrival_fits(row, index)) return;
    Move move = row_move(MoveKind::place, state, 1, early ? move_cost::kEarly : 0);
    move.early = early;
    Variables variables = *context_.variables;
    const bool differs = compare_payload(row, datagram.payload, context_, variables).has_value() ||
                         compare_fate(row, {&datagram.fate, 1}, context_).has_value() ||
                         (row.again && !is_repeated(index));
    if (differs) {
      move.cost += row.level == Level::must ? move_cost::kValue : move_cost::kOptionalValue;
    }
    moves.push_back(move);
  }

  void add_wrong_sizes(const AlignState& state, std::vector<Move>& moves) const {
    const Row& row = rows_[state.client_item];
    const std::size_t index = next(state, row.from);
    if (index == kNone) return;
    const Datagram& datagram = exchange_.datagrams[index];
    if (!same_kind(row, datagram)) return;
    const bool right_size = size_fits(row, datagram);
    if (right_size && arrival_fits(row, index)) return;
    const bool early = comes_early(state);
    if (early && row.level != Level::must) return;
    std::uint32_t cost =
        row.level == Level::must ? move_cost::kWrongSize : move_cost::kOptionalSize;
    // Rather than that it is missing: it was sent, but lost.
    if (right_size && row.level == Level::must) cost = move_cost::kSubstitute;
    Move move = row_move(MoveKind::place, state, 1, cost + (early ? move_cost::kEarly : 0));
    move.early = early;
    moves.push_back(move);
  }

  // A port unreachable in place of a reply, or the other way round.
  void add_substitute(const AlignState& state, std::vector<Move>& moves) const {
    const Row& row = rows_[state.client_item];
    const std::size_t index = next(state, row.from);
    if (index == kNone || is_lost(index) || same_kind(row, exchange_.datagrams[index])) return;
    moves.push_back(row_move(MoveKind::substitute, state, 1, move_cost::kSubstitute));
  }

  Move give_up(const AlignState& state) const {
    const std::uint64_t left = rows_.size() - state.client_item + client_.size() -
                               state.client_position + server_.size() - state.server_position;
    Move move{.kind = MoveKind::give_up, .cost = give_up_cost(left), .to = state};
    move.to.client_item = static_cast<std::uint32_t>(rows_.size());
    move.to.client_position = client_.size();
    move.to.server_position = server_.size();
    return move;
  }

  std::span<const Row> rows_;
  const UdpExchange& exchange_;
  const MatchContext& context_;
  std::vector<std::size_t> client_;
  std::vector<std::size_t> server_;
};

std::string kind_words(const Row& row) {
  return row.kind == RowKind::port_unreachable ? "ICMP port unreachable" : "UDP datagram";
}

std::string kind_words(const Datagram& datagram) {
  return datagram.port_unreachable ? "ICMP port unreachable" : "UDP datagram";
}

class DatagramResult {
 public:
  DatagramResult(std::span<const Row> rows, const UdpExchange& exchange,
                 const MatchContext& context, const DatagramAlignment& alignment)
      : rows_(rows),
        exchange_(exchange),
        context_(context),
        alignment_(alignment),
        variables_(*context.variables),
        out_(rows, [](const Row& row) { return kind_words(row); }) {
    for (std::size_t index = 0; index < exchange.datagrams.size(); ++index) {
      PacketResult result;
      result.packet = exchange.datagrams[index].packet;
      const bool is_lost = alignment.needs_no_row(index);
      if (is_lost) result.state = PacketState::lost;
      if (!is_lost) result.reason = "no row has it";
      out_.result.packets.push_back(std::move(result));
    }
  }

  void read(const AlignStep& step) {
    const Side side = step.move.side;
    const std::size_t row = step.move.item;
    switch (step.move.kind) {
      case MoveKind::place:
      case MoveKind::absorb:
        out_.take(row, alignment_.next(step.before, side));
        if (step.move.kind == MoveKind::place) place(step);
        break;
      case MoveKind::substitute:
        substitute(row, alignment_.next(step.before, side));
        break;
      case MoveKind::unexpected:
        out_.name_unexpected(alignment_.next(step.before, side));
        break;
      case MoveKind::give_up:
        name_left(step.before);
        break;
      case MoveKind::leave:
      case MoveKind::miss:
        break;
    }
  }

  MatchResult result() { return std::move(out_.result); }

 private:
  void name_left(AlignState left) {
    for (const Side side : {Side::client, Side::server}) {
      for (; alignment_.next(left, side) != kNone; ++left.position(side)) {
        const std::size_t index = alignment_.next(left, side);
        if (!alignment_.needs_no_row(index)) out_.name_unexpected(index);
      }
    }
  }

  void place(const AlignStep& step) {
    const Row& row = rows_[step.move.item];
    const Datagram& datagram = exchange_.datagrams[alignment_.next(step.before, step.move.side)];
    RowResult& result = out_.result.rows[step.move.item];
    result.state = RowState::matched;
    result.reason.clear();
    add_differences(row, alignment_.next(step.before, step.move.side), result);
    if (!step.move.early) return;
    result.state = RowState::out_of_order;
    const Side peer = other_side(row.from);
    const std::size_t request = alignment_.sent(peer)[step.before.position(peer) - 1];
    result.reason = packet_words(datagram.packet) + " was captured before " +
                    packet_words(exchange_.datagrams[request].packet) +
                    ", which the rows above have";
  }

  void add_differences(const Row& row, std::size_t index, RowResult& result) {
    const Datagram& datagram = exchange_.datagrams[index];
    const auto length = compare_length(row, datagram.payload_size, context_);
    if (length) result.differences.push_back(*length);
    const auto payload = compare_payload(row, datagram.payload, context_, variables_);
    if (payload) result.differences.push_back(*payload);
    if (row.again && !alignment_.is_repeated(index)) {
      result.differences.push_back({"Info", "sent again", "sent for the first time", row.level});
    }
    add_fate(row, datagram, result);
  }

  // A row that says nothing of it is of what arrived.
  void add_fate(const Row& row, const Datagram& datagram, RowResult& result) const {
    Row asked = row;
    if (!asked.fate && !has_arrived(datagram.fate)) asked.fate = PacketFate::arrived;
    const auto fate = compare_fate(asked, {&datagram.fate, 1}, context_);
    if (fate) result.differences.push_back(*fate);
  }

  void substitute(std::size_t index, std::size_t datagram_index) {
    const Row& row = rows_[index];
    const Datagram& datagram = exchange_.datagrams[datagram_index];
    out_.substitute(index, datagram_index, "a " + kind_words(row));
    out_.result.rows[index].differences.push_back(
        {"kind", kind_words(row), kind_words(datagram), row.level});
  }

  std::span<const Row> rows_;
  const UdpExchange& exchange_;
  const MatchContext& context_;
  const DatagramAlignment& alignment_;
  Variables variables_;
  PlainResult out_;
};

}  // namespace

MatchResult match_udp(std::span<const Row> rows, const UdpExchange& exchange,
                      const MatchContext& context) {
  const DatagramAlignment model(rows, exchange, context);
  return match_plainly(model, DatagramResult(rows, exchange, context, model), rows, "datagrams");
}

}  // namespace wireproof
