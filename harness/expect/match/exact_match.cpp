#include "expect/match/plain_match.h"

#include "expect/match/event_table.h"
#include "expect/match/row_values.h"

namespace wireproof {
namespace {

// A row that says nothing of its length has data or none, as its flags and payload have it.
std::optional<FieldDifference> length_difference(const Row& row, const Segment& segment,
                                                 const MatchContext& context) {
  if (auto length = compare_length(row, segment.payload_size, context)) return length;
  if (row.length || has_bytes(row) == (segment.payload_size > 0)) return std::nullopt;
  return FieldDifference{"Len", has_bytes(row) ? "more than 0" : "0",
                         std::to_string(segment.payload_size), row.level};
}

// Of a state, `client_item` is the next row and `client_position` the next segment.
class ExactAlignment {
 public:
  ExactAlignment(std::span<const Row> rows, const TcpConnection& connection,
                 const MatchContext& context)
      : rows_(rows), connection_(connection), context_(context) {}

  bool finished(const AlignState& state) const { return rows_done(state) && segments_done(state); }

  void placements(const AlignState& state, std::vector<Move>& moves) const {
    if (rows_done(state)) return;
    const Row& row = rows_[state.client_item];
    if (row.kind == RowKind::anything) {
      moves.push_back(make_move(MoveKind::leave, state, 1, 0, 0));
      if (segments_done(state) || next(state).has(tcp_flag::kRst)) return;
      moves.push_back(make_move(MoveKind::absorb, state, 0, 1, 0));
      return;
    }
    if (row.level != Level::must) {
      moves.push_back(make_move(MoveKind::miss, state, 1, 0, move_cost::kOptionalMiss));
    }
    if (segments_done(state) || !fits(row, next(state))) return;
    const bool same = payload_matches(row, next(state));
    moves.insert(moves.begin(),
                 make_move(MoveKind::place, state, 1, 1, same ? 0 : move_cost::kValue));
  }

  void repairs(const AlignState& state, std::vector<Move>& moves) const {
    if (rows_done(state) || segments_done(state)) {
      moves.push_back(give_up(state));
      return;
    }
    const Row& row = rows_[state.client_item];
    if (row.kind != RowKind::anything && row.from == next(state).from) {
      const std::uint32_t cost = is_end_by_other_means(row, next(state))
                                     ? move_cost::kSubstitute
                                     : move_cost::kSubstituteBytes;
      moves.push_back(make_move(MoveKind::substitute, state, 1, 1, cost));
    }
    moves.push_back(make_move(MoveKind::unexpected, state, 0, 1, move_cost::kUnexpected));
    if (row.kind == RowKind::anything) return;
    moves.push_back(make_move(MoveKind::miss, state, 1, 0, move_cost::kMiss));
  }

 private:
  bool rows_done(const AlignState& state) const { return state.client_item == rows_.size(); }
  bool segments_done(const AlignState& state) const {
    return state.client_position == connection_.segments.size();
  }
  const Segment& next(const AlignState& state) const {
    return connection_.segments[state.client_position];
  }

  static Move make_move(MoveKind kind, const AlignState& state, std::uint32_t rows,
                        std::uint64_t segments, std::uint32_t cost) {
    Move move{.kind = kind, .item = state.client_item, .cost = cost, .to = state};
    move.to.client_item += rows;
    move.to.client_position += segments;
    return move;
  }

  Move give_up(const AlignState& state) const {
    const std::uint64_t left =
        rows_.size() - state.client_item + connection_.segments.size() - state.client_position;
    Move move = make_move(MoveKind::give_up, state, 0, 0, give_up_cost(left));
    move.to.client_item = static_cast<std::uint32_t>(rows_.size());
    move.to.client_position = connection_.segments.size();
    return move;
  }

  bool fits(const Row& row, const Segment& segment) const {
    if (row.kind != RowKind::tcp || row.from != segment.from) return false;
    if (row.flags != segment.flags) return false;
    if (row.again && !is_sent_again(row, segment)) return false;
    return !length_difference(row, segment, context_);
  }

  bool payload_matches(const Row& row, const Segment& segment) const {
    Variables variables = *context_.variables;
    return !compare_payload(row, segment.payload, context_, variables);
  }

  static bool is_end_by_other_means(const Row& row, const Segment& segment) {
    constexpr std::uint16_t kEnds = tcp_flag::kFin | tcp_flag::kRst;
    return (row.flags & kEnds) != 0 && segment.has(kEnds);
  }

  std::span<const Row> rows_;
  const TcpConnection& connection_;
  const MatchContext& context_;
};

class ExactResult {
 public:
  ExactResult(std::span<const Row> rows, const TcpConnection& connection,
              const MatchContext& context)
      : rows_(rows),
        connection_(connection),
        context_(context),
        variables_(*context.variables),
        out_(rows, [](const Row& row) { return render_tcp_flags(row.flags); }) {
    for (const Segment& segment : connection.segments) {
      PacketResult result;
      result.packet = segment.packet;
      result.repeat = segment.repeat;
      out_.result.packets.push_back(std::move(result));
    }
  }

  void read(const AlignStep& step) {
    const std::size_t row = step.move.item;
    const std::size_t segment = step.before.client_position;
    if (step.move.kind == MoveKind::place) place(row, segment);
    if (step.move.kind == MoveKind::substitute) substitute(row, segment);
    if (step.move.kind == MoveKind::absorb) out_.take(row, segment);
    if (step.move.kind == MoveKind::unexpected) out_.name_unexpected(segment);
    if (step.move.kind != MoveKind::give_up) return;
    for (std::size_t left = segment; left < connection_.segments.size(); ++left) {
      out_.name_unexpected(left);
    }
  }

  MatchResult result() { return std::move(out_.result); }

 private:
  std::vector<FieldDifference> differences(const Row& row, std::size_t index) {
    const Segment& segment = connection_.segments[index];
    CapturedValues captured;
    captured.seq = segment.numbers.seq;
    captured.size = segment.payload_size;
    captured.payload = segment.payload;
    captured.segments = {index};
    return compare_values(row, captured, connection_, context_, variables_);
  }

  void place(std::size_t row, std::size_t segment) {
    out_.take(row, segment);
    RowResult& result = out_.result.rows[row];
    result.state = is_acknowledgement(rows_[row]) ? RowState::acknowledged : RowState::matched;
    result.reason.clear();
    result.differences = differences(rows_[row], segment);
  }

  void substitute(std::size_t index, std::size_t segment) {
    const Row& row = rows_[index];
    const Segment& captured = connection_.segments[segment];
    out_.substitute(index, segment, render_tcp_flags(row.flags));
    RowResult& result = out_.result.rows[index];
    if (row.flags != captured.flags) {
      result.differences.push_back(
          {"flags", render_tcp_flags(row.flags), render_tcp_flags(captured.flags), row.level});
    }
    for (FieldDifference& difference : differences(row, segment)) {
      result.differences.push_back(std::move(difference));
    }
    if (row.again && !is_sent_again(row, captured)) {
      result.differences.push_back({"Info", "sent again", "sent for the first time", row.level});
    }
    const auto length = length_difference(row, captured, context_);
    if (length && result.differences.empty()) result.differences.push_back(*length);
  }

  std::span<const Row> rows_;
  const TcpConnection& connection_;
  const MatchContext& context_;
  Variables variables_;
  PlainResult out_;
};

}  // namespace

MatchResult match_exact(std::span<const Row> rows, const TcpConnection& connection,
                        const MatchContext& context) {
  const ExactAlignment model(rows, connection, context);
  MatchResult result =
      match_plainly(model, ExactResult(rows, connection, context), rows, "packets");
  result.history = render_history(connection);
  return result;
}

}  // namespace wireproof
