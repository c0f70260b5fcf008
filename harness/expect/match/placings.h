#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expect/match/align_state.h"
#include "expect/match/event_table.h"

namespace wireproof {

// The cheapest layout of the events along their table (matching.md §2–4).
FoundAlignment align_events(const EventTable& table);

// What an alignment gave one row.
struct RowPlacing {
  bool placed = false;
  std::uint64_t begin = 0;  // positions [begin, end) of the row's side
  std::uint64_t end = 0;
  std::uint64_t client_begin = 0;  // what a `…` row took of each side
  std::uint64_t client_end = 0;
  std::uint64_t server_begin = 0;
  std::uint64_t server_end = 0;
  bool missed = false;                // an item of the row found nothing
  std::uint64_t missed_position = 0;  // where its direction stood then
  std::optional<Piece> substitute;    // the event of another kind that stood there
  // The row above it whose packets acknowledge what this row sent.
  std::optional<std::size_t> early_for;
  bool acknowledges_unexpected = false;  // its packets acknowledge what no row has

  // Behind what the side sent in this row; 0 for nothing.
  std::uint64_t sent_end(const Row& row, Side side) const;
};

// An event that no row has.
struct UnexpectedPiece {
  Side side = Side::client;
  Piece piece;
  std::optional<std::size_t> after_row;  // the row placed last before it
};

// An alignment, read by rows and by events.
struct Placings {
  std::vector<RowPlacing> rows;
  std::vector<UnexpectedPiece> unexpected;
};

Placings read_placings(const EventTable& table, const std::vector<AlignStep>& steps);

// Fills the results of the rows `again`: each asks for a packet of its own that repeats what rows
// above it have.
void judge_again_rows(const EventTable& table, const Placings& placings, const Variables& variables,
                      std::vector<RowResult>& results);

// Says for every row and every packet what an alignment made of it (matching.md §7).
void judge_events(const EventTable& table, const Placings& placings, MatchResult& result);

// In which of the ways that TCP leaves open the capture differs from its table, in words and in
// the order of the capture: "the server's ACK rode on its reply", "two sends in one segment".
std::vector<std::string> find_variants(const EventTable& table, const MatchResult& result);

}  // namespace wireproof
