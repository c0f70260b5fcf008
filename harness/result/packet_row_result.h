#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "expect/match/row.h"
#include "result/verdict.h"

namespace wireproof {

// A row of a packet table, as it was met.
struct PacketRowResult {
  std::size_t number = 0;  // of the table's rows, from 1
  std::string from;        // an actor or "server"; empty for `…`
  std::string to;
  std::string info;  // as the sheet asks for it: "[PSH, ACK] Seq=1 Ack=1 Len=4"
  Level level = Level::must;
  Verdict verdict = Verdict::pass;  // pass, fail, inconclusive
  std::vector<std::size_t> packets =
      {};  // indexes into the result's packets, from 0, in their order

  bool operator==(const PacketRowResult&) const = default;
};

}  // namespace wireproof
