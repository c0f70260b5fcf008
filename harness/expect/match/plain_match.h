#pragma once

#include <optional>
#include <span>
#include <string>

#include "expect/match/find_alignment.h"
#include "expect/match/match.h"

namespace wireproof {

// Matches in which a row is a packet: no stream lies between them.

// Strictness::exact: every packet is one row, in the order of the capture, with the same flags.
MatchResult match_exact(std::span<const Row> rows, const TcpConnection& connection,
                        const MatchContext& context);

// The result of such a match, filled while its alignment is read. Rows and packets go by indexes.
struct PlainResult {
  std::span<const Row> rows;
  MatchResult result;
  std::optional<std::size_t> last_row;  // that has a packet, or another one in its place

  // No row has a packet yet; `wanted` says what a row stands for: "UDP datagram".
  PlainResult(std::span<const Row> all, std::string (*wanted)(const Row&)) : rows(all) {
    for (std::size_t index = 0; index < rows.size(); ++index) {
      RowResult& row = result.rows.emplace_back();
      row.row = index;
      row.level = rows[index].level;
      if (rows[index].kind == RowKind::anything) {
        row.state = RowState::open;
      } else {
        row.reason =
            "the " + side_words(rows[index].from) + " sent no " + wanted(rows[index]) + " here";
      }
    }
  }

  void take(std::size_t row, std::size_t packet) {
    result.rows[row].packets.push_back(result.packets[packet].packet);
    result.packets[packet].state = PacketState::row;
    result.packets[packet].reason.clear();
    result.packets[packet].rows.push_back(row);
    last_row = row;
  }

  // A packet that is not `wanted` stands in the row's place.
  void substitute(std::size_t row, std::size_t packet, const std::string& wanted) {
    const std::size_t number = result.packets[packet].packet;
    result.rows[row].nearest = number;
    result.rows[row].reason = packet_words(number) + " stands in its place";
    result.packets[packet].reason = "it stands where " + row_words(rows[row]) + " has " + wanted;
    last_row = row;
  }

  void name_unexpected(std::size_t packet) {
    result.packets[packet].reason =
        "no row has it; it stands " +
        (last_row ? "after " + row_words(rows[*last_row]) : std::string("before all rows"));
  }
};

// Searches the cheapest layout of the model's packets and lets `reader` read its steps. `things`
// says what was laid out: "packets".
template <class Model, class Reader>
MatchResult match_plainly(const Model& model, Reader reader, std::span<const Row> rows,
                          const std::string& things) {
  const FoundAlignment found = find_alignment(model, model, AlignState{});
  for (const AlignStep& step : found.steps) reader.read(step);
  MatchResult result = reader.result();
  if (found.gave_up_at) {
    result.beyond_limit = limit_words(rows, found.gave_up_at->client_item, things);
  }
  result.matched = accounts_for_all(result);
  return result;
}

}  // namespace wireproof
