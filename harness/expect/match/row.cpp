#include "expect/match/row.h"

#include <algorithm>

#include "expect/match/align_search.h"

namespace wireproof {

std::string packet_words(std::size_t packet) {
  return "packet " + std::to_string(packet + 1);
}

std::string row_words(const Row& row) {
  return "row " + std::to_string(row.number);
}

std::string range_words(const Range& range) {
  const std::string least = std::to_string(range.least);
  return range.least == range.most ? least : least + ".." + std::to_string(range.most);
}

std::string side_words(Side side) {
  return side == Side::client ? "client" : "server";
}

std::string event_words(EventKind kind) {
  switch (kind) {
    case EventKind::open:
      return "SYN";
    case EventKind::bytes:
      return "data";
    case EventKind::fin:
      return "FIN";
    case EventKind::rst:
      return "RST";
  }
  return "";
}

std::string limit_words(std::span<const Row> rows, std::size_t row, const std::string& things) {
  if (rows.empty()) return {};
  return "at " + row_words(rows[std::min(row, rows.size() - 1)]) + " there are more than " +
         std::to_string(kMaxAlignStates) + " ways to lay out the " + things;
}

}  // namespace wireproof
