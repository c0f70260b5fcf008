#pragma once

#include <string>

#include "base/text/diagnostic.h"
#include "expect/match/match.h"
#include "judge/explain/explain.h"

namespace wireproof {

// How failed rows and packets are said (product.md, Messages).

// "[FIN, ACK]", "[PSH, ACK] Len=4", "UDP Len=5": a row or segment in the table's notation.
std::string render_row_info(const Row& row);
std::string render_segment_info(const Segment& segment);
std::string render_datagram_info(const Datagram& datagram);

struct FailedRow {
  const Row* row = nullptr;
  const RowResult* result = nullptr;
  std::string actor;         // at the client's end
  std::string nearest;       // the nearest packet's info with its number and time, may be empty
  std::string nearest_info;  // its info alone
  std::string why;           // may be empty
};

// One diagnostic for a row that is missing, out of order or differs in written values. Without a
// span: the caller knows the place.
Diagnostic describe_failed_row(const FailedRow& failed);

}  // namespace wireproof
