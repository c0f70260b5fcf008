#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expect/match/row.h"
#include "sheet/text/fragment.h"
#include "sheet/text/markdown.h"

namespace wireproof {

enum class MeasureKind : std::uint8_t {
  reply_time,
  retransmissions,
  retransmissions_client,  // those of one side
  retransmissions_server,
  lost,           // packets that the sheet's path lost
  recovery_time,  // over what the path lost
  goodput,
  packets,
  server_cpu,
  server_descriptors,
  server_threads,
  server_memory
};

// As sheets name it: "reply time", "server cpu".
std::string_view measure_name(MeasureKind kind);
// Whether it is measured on the server's processes; else on the packets.
bool is_of_server(MeasureKind kind);

// What a measure may be, in its unit: nanoseconds, a number, bits per
// second, percent, or bytes.
struct MeasureRange {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool without_least = false;  // `> A`: the limit itself is none of them
  bool without_most = false;

  bool holds(double value) const;
  bool operator==(const MeasureRange&) const = default;
};

struct Measure {
  MeasureKind kind = MeasureKind::reply_time;
  std::string expected;  // "< 100ms", "0", "12..16"
  MeasureRange range;    // the same, read
  Level level = Level::must;
  Span span;

  bool operator==(const Measure&) const = default;
};

// `< A`, `<= A`, `> A`, `>= A`, `= A`, `A..B`, or `A`: exactly this; of a growth, `+A`: at most.
// Nothing for a text that is nothing this measure can be.
std::optional<MeasureRange> parse_measure_range(MeasureKind kind, std::string_view text);

// Whether the table has Measure and Expected.
bool is_measure_table(const Table& table);

// Reads a table under `Measures`: `reply time < 100ms`, `packets 12..16`, `server threads +0`.
std::vector<Measure> parse_measures(const Table& table, const Parameters& parameters,
                                    Problems& problems);

}  // namespace wireproof
