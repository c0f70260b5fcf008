#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expect/match/row.h"
#include "sheet/text/fragment.h"
#include "sheet/text/markdown.h"

namespace wireproof {

struct Measure {
  std::string name;      // "reply time", "retransmissions", …
  std::string expected;  // "< 100ms", "0", "12..16"
  Level level = Level::must;
  Span span;

  bool operator==(const Measure&) const = default;
};

// What a measure may be, in its unit: nanoseconds, a number, percent, or bytes.
struct MeasureRange {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool without_least = false;  // `> A`: the limit itself is none of them
  bool without_most = false;

  bool holds(double value) const;
  bool operator==(const MeasureRange&) const = default;
};

// `< A`, `<= A`, `> A`, `>= A`, `= A`, `A..B`, or `A`: exactly this; of a growth, `+A`: at most.
// Nothing for a name that is no measure, or a text that is nothing this measure can be.
std::optional<MeasureRange> parse_measure_range(std::string_view name, std::string_view expected);

// Whether the table has Measure and Expected.
bool is_measure_table(const Table& table);

// Reads a table under `Measures`: `reply time < 100ms`, `packets 12..16`, `server threads +0`.
std::vector<Measure> parse_measures(const Table& table, const Parameters& parameters,
                                    Problems& problems);

}  // namespace wireproof
