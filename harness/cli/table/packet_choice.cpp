#include "cli/table/packet_choice.h"

#include <utility>

#include "base/text/words.h"

namespace wireproof {

std::optional<PacketRange> parse_range(std::string_view text) {
  constexpr std::string_view kDots = "..";
  PacketRange range;
  const std::size_t dots = text.find(kDots);
  const std::string_view first = text.substr(0, dots);
  const std::string_view last =
      dots == std::string_view::npos ? text : text.substr(dots + kDots.size());
  if (first.empty() && last.empty()) return std::nullopt;
  for (const auto& [word, number] : {std::pair{first, &range.first}, {last, &range.last}}) {
    if (word.empty()) continue;
    const auto given = parse_number<std::uint64_t>(word);
    if (!given || *given == 0) return std::nullopt;
    *number = *given;
  }
  return range.first <= range.last ? std::optional(range) : std::nullopt;
}

PacketChoice make_choice(const PacketRange& range, const TimeRange& times, PacketFilter* filter) {
  return [=, start = std::optional<Timestamp>()](const RawPacket& packet,
                                                 std::uint64_t number) mutable {
    if (!start && packet.has_time) start = packet.time;
    const bool is_in_time =
        times.is_all() || (packet.has_time && times.since <= packet.time - *start &&
                           packet.time - *start <= times.until);
    return range.first <= number && number <= range.last && is_in_time &&
           (filter == nullptr || filter->takes(packet));
  };
}

}  // namespace wireproof
