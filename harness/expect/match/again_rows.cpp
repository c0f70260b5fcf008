#include <algorithm>
#include <set>

#include "expect/match/placings.h"
#include "expect/match/row_values.h"

namespace wireproof {
namespace {

// Whether a segment has what a row stands for, each thing from a position below `sent` on, which
// the rows above have. In segments mode it has nothing else.
bool repeats_row(const Row& row, const Segment& segment, std::uint64_t sent,
                 Strictness strictness) {
  const KindSet wanted = row_kinds(row);
  KindSet kinds = 0;
  std::uint64_t position = segment.seq;
  bool is_above = true;
  const auto add = [&](EventKind kind, std::uint64_t size) {
    if (size == 0) return;
    kinds |= kind_bit(kind);
    if ((wanted & kind_bit(kind)) != 0) is_above = is_above && position < sent;
    position += size;
  };
  add(EventKind::open, segment.has(tcp_flag::kSyn) ? 1 : 0);
  add(EventKind::bytes, segment.payload_size);
  add(EventKind::fin, segment.has(tcp_flag::kFin) ? 1 : 0);
  const bool is_whole = strictness == Strictness::segments;
  return is_above && (is_whole ? kinds : kinds & wanted) == wanted;
}

// A row, and the segments that may be its packet, in capture order.
struct AgainRow {
  std::size_t row = 0;
  std::vector<std::size_t> fitting;
  std::vector<std::size_t> differing;  // in a written value
  std::size_t segment = kNoSegment;    // that it got
};

class AgainRows {
 public:
  AgainRows(const EventTable& table, const Placings& placings, const Variables& variables)
      : table_(table), variables_(variables) {
    std::uint64_t client_sent = 0;
    std::uint64_t server_sent = 0;
    for (std::size_t index = 0; index < table.rows.size(); ++index) {
      const Row& row = table.rows[index];
      client_sent = std::max(client_sent, placings.rows[index].sent_end(row, Side::client));
      server_sent = std::max(server_sent, placings.rows[index].sent_end(row, Side::server));
      if (row.again) add(index, row.from == Side::client ? client_sent : server_sent);
    }
    // First those that count, and of them those that can have the fewest packets.
    std::ranges::stable_sort(rows_, {}, [&](const AgainRow& row) {
      return std::pair(table.rows[row.row].level, row.fitting.size());
    });
    for (AgainRow& row : rows_) take(row, row.fitting);
    for (AgainRow& row : rows_) take(row, row.differing);
  }

  void judge(std::vector<RowResult>& results) const {
    for (const AgainRow& again : rows_) {
      const Row& row = table_.rows[again.row];
      RowResult& result = results[again.row];
      result.row = again.row;
      result.level = row.level;
      if (again.segment == kNoSegment) {
        result.reason = missing_reason(again);
        continue;
      }
      result.state = RowState::matched;
      result.packets = {table_.connection.segments[again.segment].packet};
      result.differences = differences(row, again.segment);
    }
  }

 private:
  void add(std::size_t index, std::uint64_t sent) {
    const Row& row = table_.rows[index];
    AgainRow again{index, {}, {}};
    for (std::size_t at = 0; at < table_.connection.segments.size(); ++at) {
      const Segment& segment = table_.connection.segments[at];
      if (!is_sent_again(row, segment)) continue;
      const bool repeats =
          is_acknowledgement(row) || repeats_row(row, segment, sent, table_.context.strictness);
      if (!repeats) continue;
      (differences(row, at).empty() ? again.fitting : again.differing).push_back(at);
    }
    rows_.push_back(std::move(again));
  }

  std::vector<FieldDifference> differences(const Row& row, std::size_t index) const {
    const Segment& segment = table_.connection.segments[index];
    const CapturedValues captured{
        segment.numbers.seq, segment.payload_size, segment.payload, {index}, {}};
    Variables variables = variables_;
    return compare_values(row, captured, table_.connection, table_.context, variables);
  }

  void take(AgainRow& row, const std::vector<std::size_t>& segments) {
    for (const std::size_t segment : segments) {
      if (row.segment != kNoSegment) return;
      if (taken_.insert(segment).second) row.segment = segment;
    }
  }

  std::string missing_reason(const AgainRow& again) const {
    const Row& row = table_.rows[again.row];
    const std::string side = "the " + side_words(row.from);
    const bool repeats = std::ranges::any_of(
        table_.connection.segments, [&](const Segment& each) { return is_sent_again(row, each); });
    if (!repeats) return side + " sent nothing again";
    const bool others_have_it = !again.fitting.empty() || !again.differing.empty();
    return side + " sent no " + (others_have_it ? "other " : "") + render_tcp_flags(row.flags) +
           " again";
  }

  const EventTable& table_;
  const Variables& variables_;
  std::vector<AgainRow> rows_;
  std::set<std::size_t> taken_;
};

}  // namespace

void judge_again_rows(const EventTable& table, const Placings& placings, const Variables& variables,
                      std::vector<RowResult>& results) {
  AgainRows(table, placings, variables).judge(results);
}

}  // namespace wireproof
