#include "expect/match/placings.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text/words.h"
#include "expect/match/row_values.h"

namespace wireproof {
namespace {

class EventResult {
 public:
  EventResult(const EventTable& table, const Placings& placings)
      : table_(table), placings_(placings), variables_(*table.context.variables) {}

  void fill(MatchResult& result) {
    std::uint64_t client_sent = 0;
    std::uint64_t server_sent = 0;
    for (std::size_t index = 0; index < table_.rows.size(); ++index) {
      const Row& row = table_.rows[index];
      if (row.again) {
        result.rows.emplace_back();  // judge_again_rows()
        continue;
      }
      if (is_acknowledgement(row)) {
        const bool by_client = row.from == Side::client;
        const std::uint64_t needed = by_client
                                         ? std::min(server_sent, table_.lanes.server.sent_end())
                                         : std::min(client_sent, table_.lanes.client.sent_end());
        result.rows.push_back(
            judge_acknowledgement(row, index, needed, table_.connection, table_.context));
        continue;
      }
      const RowPlacing& placing = placings_.rows[index];
      client_sent = std::max(client_sent, placing.sent_end(row, Side::client));
      server_sent = std::max(server_sent, placing.sent_end(row, Side::server));
      result.rows.push_back(judge_row(index));
    }
    judge_again_rows(table_, placings_, variables_, result.rows);
    result.packets = judge_packets(result.rows);
  }

 private:
  RowResult judge_row(std::size_t index) {
    const Row& row = table_.rows[index];
    const RowPlacing& placing = placings_.rows[index];
    if (row.kind == RowKind::anything) return judge_open_row(index, placing);
    RowResult result;
    result.row = index;
    result.level = row.level;
    if (placing.placed) judge_placed(row, placing, result);
    if (row_kinds(row) == 0) {
      result.reason = "a TCP connection has no such packet";
    } else if (placing.missed || !placing.placed) {
      judge_missed(placing, result);
    } else {
      result.state = RowState::matched;
      judge_early(placing, result);
    }
    return result;
  }

  RowResult judge_open_row(std::size_t index, const RowPlacing& placing) const {
    RowResult result;
    result.row = index;
    result.level = table_.rows[index].level;
    result.state = RowState::open;
    std::vector<std::size_t> segments =
        table_.lanes.client.segments(placing.client_begin, placing.client_end);
    const std::vector<std::size_t> server =
        table_.lanes.server.segments(placing.server_begin, placing.server_end);
    segments.insert(segments.end(), server.begin(), server.end());
    std::ranges::sort(segments);
    result.packets = packets(segments);
    return result;
  }

  void judge_placed(const Row& row, const RowPlacing& placing, RowResult& result) {
    const Lane& lane = table_.lanes.of(row.from);
    CapturedValues captured;
    captured.seq = table_.connection.number(row.from, placing.begin);
    captured.size = lane.bytes_left(placing.begin) - lane.bytes_left(placing.end);
    captured.payload = stream_bytes(table_.connection, row.from, placing.begin, placing.end);
    captured.segments = lane.segments(placing.begin, placing.end);
    captured.run_segments = run_segments(row, placing);
    result.packets = packets(captured.segments);
    result.differences =
        compare_values(row, captured, table_.connection, table_.context, variables_);
    if (auto push = compare_push(row, captured, table_.connection)) {
      result.differences.push_back(std::move(*push));
    }
    if (auto kinds = compare_kinds(row, placing, captured)) {
      result.differences.push_back(std::move(*kinds));
    }
    result.lacks_bytes = placing.end >= lane.end() && lacks_bytes(row, captured);
  }

  // Segments mode places a row of data also at a segment that opens or ends what the row does not
  // (add_wrong_segment).
  std::optional<FieldDifference> compare_kinds(const Row& row, const RowPlacing& placing,
                                               const CapturedValues& captured) const {
    if (table_.context.strictness != Strictness::segments || !has_bytes(row)) return std::nullopt;
    if (captured.segments.empty()) return std::nullopt;
    std::uint16_t marks = 0;
    const Lane& lane = table_.lanes.of(row.from);
    for (std::size_t index = lane.piece_index(placing.begin); index < lane.pieces().size();
         ++index) {
      const Piece& piece = lane.pieces()[index];
      if (piece.begin >= placing.end) break;
      if (piece.kind == EventKind::open) marks |= tcp_flag::kSyn;
      if (piece.kind == EventKind::fin) marks |= tcp_flag::kFin;
    }
    if (marks == (row.flags & (tcp_flag::kSyn | tcp_flag::kFin))) return std::nullopt;
    const Segment& last = table_.connection.segments[captured.segments.back()];
    return FieldDifference{"flags", render_tcp_flags(row.flags), render_tcp_flags(last.flags),
                           row.level};
  }

  // Of a row whose size the table tells, where a segment may be a part of it.
  bool lacks_bytes(const Row& row, const CapturedValues& captured) const {
    if (!has_bytes(row) || table_.context.strictness != Strictness::stream) return false;
    const auto size = known_size(row, table_.context);
    const std::uint64_t least = size ? *size : row.length ? row.length->least : 0;
    if (captured.size >= least) return false;
    if (!row.payload) return true;
    Variables variables = variables_;
    const auto mismatch =
        compare_message(*row.payload, *table_.context.layouts, variables, captured.payload);
    return !mismatch || mismatch->offset >= captured.payload.size();
  }

  void judge_missed(const RowPlacing& placing, RowResult& result) {
    result.state = RowState::missing;
    const Row& row = table_.rows[result.row];
    if (placing.substitute) {
      add_nearest(*placing.substitute, result);
    } else if (!result.packets.empty()) {
      const auto segments = table_.lanes.of(row.from).segments(placing.begin, placing.end);
      result.nearest = result.packets.back();
      const std::uint16_t flags = table_.connection.segments[segments.back()].flags;
      result.differences.push_back(
          {"flags", render_tcp_flags(row.flags), render_tcp_flags(flags), row.level});
    } else if (const UnexpectedPiece* nearest = find_nearest(row, placing)) {
      add_nearest(nearest->piece, result);
    }
    result.reason = missing_reason(result);
  }

  void judge_early(const RowPlacing& placing, RowResult& result) const {
    if (placing.early_for) {
      result.state = RowState::out_of_order;
      result.reason = early_reason(result.row, *placing.early_for);
    } else if (placing.acknowledges_unexpected) {
      result.state = RowState::out_of_order;
      result.reason = "its packet acknowledges what no row above it has";
    }
  }

  void add_nearest(const Piece& piece, RowResult& result) const {
    if (piece.segment == kNoSegment) return;
    const Row& row = table_.rows[result.row];
    const Segment& segment = table_.connection.segments[piece.segment];
    result.nearest = segment.packet;
    constexpr std::uint16_t kCompared = tcp_flag::kSyn | tcp_flag::kFin | tcp_flag::kRst;
    if ((row.flags & kCompared) != (segment.flags & kCompared)) {
      result.differences.push_back(
          {"flags", render_tcp_flags(row.flags), render_tcp_flags(segment.flags), row.level});
    }
    if (piece.kind != EventKind::bytes || !has_bytes(row)) return;
    if (auto length = compare_length(row, piece.end - piece.begin, table_.context)) {
      result.differences.push_back(std::move(*length));
    }
  }

  const UnexpectedPiece* find_nearest(const Row& row, const RowPlacing& placing) {
    auto& used = row.from == Side::client ? client_nearest_ : server_nearest_;
    for (const UnexpectedPiece& unexpected : placings_.unexpected) {
      if (unexpected.side != row.from) continue;
      if (unexpected.piece.begin < placing.missed_position) continue;
      if (used.insert(unexpected.piece.begin).second) return &unexpected;
    }
    return nullptr;
  }

  std::string missing_reason(const RowResult& result) const {
    for (const Event& event : table_.connection.events) {
      const Segment& segment = table_.connection.segments[event.segment];
      if (event.kind != EventKind::rst || !has_arrived(segment.fate)) continue;
      const std::size_t packet = segment.packet;
      if (result.nearest == packet) break;
      return packet_words(packet) + " had reset the connection";
    }
    const Row& row = table_.rows[result.row];
    if (!result.packets.empty()) {
      return packet_words(result.packets.back()) + " has only part of it";
    }
    if (result.nearest) return packet_words(*result.nearest) + " stands in its place";
    return "the " + side_words(row.from) + " sent no " + render_tcp_flags(row.flags) + " here";
  }

  // "packet 7 acknowledges 5 of the 13 bytes of row 4".
  std::string early_reason(std::size_t early, std::size_t above) const {
    const RowPlacing& placing = placings_.rows[early];
    const RowPlacing& later = placings_.rows[above];
    const Row& row = table_.rows[early];
    const auto segments = table_.lanes.of(row.from).segments(placing.begin, placing.end);
    if (segments.empty()) return {};
    const Segment& segment = table_.connection.segments[segments.front()];
    const Lane& lane = table_.lanes.of(other_side(row.from));
    const std::uint64_t size = lane.bytes_left(later.begin) - lane.bytes_left(later.end);
    const std::uint64_t reached = std::clamp(segment.ack, later.begin, later.end);
    const std::uint64_t seen = lane.bytes_left(later.begin) - lane.bytes_left(reached);
    std::string text = packet_words(segment.packet) + " acknowledges ";
    if (size == 0) {
      text += "nothing of " + row_words(table_.rows[above]);
    } else {
      text += std::to_string(seen) + " of the " + counted(size, "byte") + " of " +
              row_words(table_.rows[above]);
    }
    const auto later_segments = lane.segments(later.begin, later.end);
    for (const std::size_t index : later_segments) {
      const Segment& answer = table_.connection.segments[index];
      if (answer.ack <= placing.begin) continue;
      return text + ", and " + packet_words(answer.packet) + " of " +
             row_words(table_.rows[above]) + " acknowledges " + packet_words(segment.packet);
    }
    return text;
  }

  std::string unexpected_reason(const UnexpectedPiece& unexpected) const {
    const Piece& piece = unexpected.piece;
    std::string text = "no row has its ";
    text += piece.kind == EventKind::bytes ? counted(piece.end - piece.begin, "byte")
                                           : event_words(piece.kind);
    if (!unexpected.after_row) return text + "; it stands before all rows";
    text += "; it stands after " + row_words(table_.rows[*unexpected.after_row]);
    std::size_t next = *unexpected.after_row + 1;
    while (next < table_.rows.size() && is_obligation(table_.rows[next])) ++next;
    if (next >= table_.rows.size()) return text + ", where the table ends";
    return text + " and before " + row_words(table_.rows[next]);
  }

  // The segments of the bytes around a row that follow each other without a packet of the other
  // side between them in the table: PSH on any of them will do.
  std::vector<std::size_t> run_segments(const Row& row, const RowPlacing& placing) const {
    const Lane& lane = table_.lanes.of(row.from);
    const std::vector<std::size_t> own = lane.segments(placing.begin, placing.end);
    const bool pushed = std::ranges::any_of(own, [&](std::size_t segment) {
      return table_.connection.segments[segment].has(tcp_flag::kPsh);
    });
    if (pushed || table_.context.strictness != Strictness::stream) return own;
    const auto index = static_cast<std::size_t>(&row - table_.rows.data());
    const auto first = std::ranges::find_if(table_.plan.items, [&](const Item& item) {
      return item.row == index && item.has(EventKind::bytes);
    });
    if (first == table_.plan.items.end()) return {};
    std::uint64_t behind = placing.begin + first->known_size_after;
    behind = std::max(behind + lane.bytes_left(placing.begin) - lane.bytes_left(placing.end),
                      placing.end);
    if (first->unknown_size_after) behind = lane.bytes_end(placing.begin);
    return lane.segments(placing.begin, behind);
  }

  std::vector<std::size_t> packets(const std::vector<std::size_t>& segments) const {
    std::vector<std::size_t> result;
    for (const std::size_t segment : segments) {
      result.push_back(table_.connection.segments[segment].packet);
    }
    return result;
  }

  std::vector<PacketResult> judge_packets(const std::vector<RowResult>& rows) const {
    std::map<std::size_t, PacketResult> by_packet;
    for (const Segment& segment : table_.connection.segments) {
      PacketResult& result = by_packet[segment.packet];
      result.packet = segment.packet;
      result.repeat = segment.repeat;
      const bool repeats = !contributes(segment.repeat);
      result.state = repeats ? PacketState::repeat : PacketState::unexpected;
      if (!repeats) result.reason = "its sequence number is far outside of the window";
    }
    for (const RowResult& row : rows) {
      for (const std::size_t packet : row.packets) {
        PacketResult& result = by_packet[packet];
        result.state = PacketState::row;
        result.reason.clear();
        result.rows.push_back(row.row);
      }
    }
    for (const UnexpectedPiece& unexpected : placings_.unexpected) {
      if (unexpected.piece.segment == kNoSegment) continue;
      PacketResult& result = by_packet[table_.connection.segments[unexpected.piece.segment].packet];
      result.state = PacketState::unexpected;
      result.reason = unexpected_reason(unexpected);
    }
    // An event of another kind than its row has is what the row says is wrong with it.
    for (const RowResult& row : rows) {
      const auto& substitute = placings_.rows[row.row].substitute;
      if (!substitute || substitute->segment == kNoSegment) continue;
      PacketResult& result = by_packet[table_.connection.segments[substitute->segment].packet];
      result.state = PacketState::unexpected;
      result.reason = "it stands where " + row_words(table_.rows[row.row]) + " has " +
                      render_tcp_flags(table_.rows[row.row].flags);
    }
    std::vector<PacketResult> results;
    for (auto& [packet, result] : by_packet) results.push_back(std::move(result));
    return results;
  }

  const EventTable& table_;
  const Placings& placings_;
  Variables variables_;                     // as the rows above left them
  std::set<std::uint64_t> client_nearest_;  // positions that are candidates of rows already
  std::set<std::uint64_t> server_nearest_;
};

}  // namespace

void judge_events(const EventTable& table, const Placings& placings, MatchResult& result) {
  EventResult(table, placings).fill(result);
}

}  // namespace wireproof
