#include "judge/explain/path_fault.h"

#include <fmt/format.h>

#include <algorithm>

#include "judge/traffic/recovery.h"
#include "packets/wire/packet_fate.h"

namespace wireproof {
namespace {

bool comes_whole(PacketFate fate) {
  return fate == PacketFate::arrived || fate == PacketFate::twice;
}

// Whether another packet brings what this one has, or its receiver says that it came.
bool makes_up(const Segment& later, const Segment& segment) {
  if (later.from == segment.from) {
    return comes_whole(later.fate) && later.seq <= segment.seq && end_of(later) >= end_of(segment);
  }
  const bool is_changed =
      segment.fate == PacketFate::corrupted_right || segment.fate == PacketFate::cut;
  return !is_changed && later.has(tcp_flag::kAck) && later.ack >= end_of(segment);
}

bool makes_up(const Datagram& later, const Datagram& datagram) {
  if (later.from != datagram.from) return datagram.fate == PacketFate::late;
  return comes_whole(later.fate) && std::ranges::equal(later.payload, datagram.payload);
}

bool has_content(const Segment& segment) {
  return end_of(segment) > segment.seq;
}
bool has_content(const Datagram&) {
  return true;
}

// What came late of a stream is missed only by who waits for it.
enum class Late : std::uint8_t { missed, had };

template <class Part>
std::optional<Explanation> tell(const std::vector<Part>& parts, std::optional<Timestamp> until,
                                Late late) {
  for (auto part = parts.begin(); part != parts.end(); ++part) {
    if (until && part->time > *until) break;
    if (comes_whole(part->fate) || !has_content(*part)) continue;
    if (part->fate == PacketFate::late && late == Late::had) continue;
    const bool is_made_up = std::any_of(part + 1, parts.end(), [&](const Part& later) {
      return (!until || later.time <= *until) && makes_up(later, *part);
    });
    if (is_made_up) continue;
    return Explanation{ExplanationId::none, fmt::format("packet {} did not come as it was sent: {}",
                                                        part->packet + 1, render_fate(part->fate))};
  }
  return std::nullopt;
}

// Whether the server was asked, at least late, and sent nothing at all.
bool is_unanswered(const UdpExchange& exchange, std::optional<Timestamp> until) {
  bool was_asked = false;
  for (const Datagram& datagram : exchange.datagrams) {
    if (until && datagram.time > *until) break;
    if (datagram.from == Side::server) return false;
    was_asked = was_asked || comes_whole(datagram.fate) || datagram.fate == PacketFate::late;
  }
  return was_asked;
}

}  // namespace

std::optional<Explanation> explain_path(const TcpConnection& connection) {
  return tell(connection.segments, std::nullopt, Late::had);
}

std::optional<Explanation> explain_path(const FailureEvidence& evidence) {
  if (!evidence.server_end.empty()) return std::nullopt;
  if (evidence.connection != nullptr) {
    const Late late = evidence.end == StepEnd::timed_out ? Late::missed : Late::had;
    return tell(evidence.connection->segments, evidence.gave_up, late);
  }
  if (evidence.exchange == nullptr || is_unanswered(*evidence.exchange, evidence.gave_up)) {
    return std::nullopt;
  }
  return tell(evidence.exchange->datagrams, evidence.gave_up, Late::had);
}

}  // namespace wireproof
