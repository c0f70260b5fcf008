#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "expect/match/placings.h"

namespace wireproof {

// Says for every row and every packet what an alignment made of it (matching.md §7).
class EventResult {
 public:
  EventResult(std::span<const Row> rows, const TcpConnection& connection, const ItemPlan& plan,
              const Lanes& lanes, const MatchContext& context);

  // Fills `rows` and `packets`.
  void fill(const Placings& placings, MatchResult& result);

 private:
  RowResult judge_row(std::size_t index, const Placings& placings);
  RowResult judge_open_row(std::size_t index, const RowPlacing& placing) const;
  void judge_placed(const Row& row, const RowPlacing& placing, RowResult& result);
  void judge_missed(const RowPlacing& placing, const Placings& placings, RowResult& result);
  void judge_early(const Placings& placings, RowResult& result) const;
  void add_nearest(const Piece& piece, RowResult& result) const;
  const UnexpectedPiece* find_nearest(const Row& row, const RowPlacing& placing,
                                      const Placings& placings);
  std::string missing_reason(const RowResult& result) const;
  std::string early_reason(std::size_t early, std::size_t above, const Placings& placings) const;
  std::string unexpected_reason(const UnexpectedPiece& unexpected) const;
  std::vector<std::size_t> run_segments(const Row& row, const RowPlacing& placing) const;
  std::vector<std::size_t> packets(const std::vector<std::size_t>& segments) const;
  std::vector<PacketResult> judge_packets(const Placings& placings,
                                          const std::vector<RowResult>& rows) const;

  std::span<const Row> rows_;
  const TcpConnection& connection_;
  const ItemPlan& plan_;
  const Lanes& lanes_;
  const MatchContext& context_;
  Variables variables_;                     // as the rows above left them
  std::set<std::uint64_t> client_nearest_;  // positions that are candidates of rows already
  std::set<std::uint64_t> server_nearest_;
};

// In which of the ways that TCP leaves open the capture differs from its table, in words and in
// the order of the capture: "the server's ACK rode on its reply", "two sends in one segment".
std::vector<std::string> find_variants(std::span<const Row> rows, const TcpConnection& connection,
                                       const MatchResult& result);

}  // namespace wireproof
