#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text/time.h"
#include "packets/capture/packet_filter.h"
#include "report/capture/capture_table.h"

namespace wireproof {

// From 1, both included.
struct PacketRange {
  std::uint64_t first = 1;
  std::uint64_t last = UINT64_MAX;
};

// "5", "5..9", "5..", "..9".
std::optional<PacketRange> parse_range(std::string_view text);

// Behind the first packet that has a time; both ends are included.
struct TimeRange {
  Duration since = Duration::min();
  Duration until = Duration::max();
  bool is_all() const { return since == Duration::min() && until == Duration::max(); }
};

// The packets that the options name, but for those of a stream: asked of each packet in its turn.
// `filter` may be null, and outlives it.
PacketChoice make_choice(const PacketRange& range, const TimeRange& times, PacketFilter* filter);

}  // namespace wireproof
