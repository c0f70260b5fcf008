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

using Passages = std::span<const PathPassage>;

std::string tell_fate(std::size_t packet, PacketFate fate, Passages passages) {
  const std::size_t rule = packet < passages.size() ? passages[packet].held_by : 0;
  if (rule == 0) return std::string(render_fate(fate));
  return fmt::format("rule {} of the sheet's Path held it for ever, as no packet came behind it",
                     rule);
}

// What of it a receiver missed.
struct Missing {
  std::optional<Timestamp> until;  // none: the end
  Late late = Late::had;
  Passages passages;
};

template <class Part>
std::optional<Explanation> tell(const std::vector<Part>& parts, const Missing& missing) {
  const auto is_past = [&missing](const Part& part) {
    return missing.until && part.time > *missing.until;
  };
  for (auto part = parts.begin(); part != parts.end() && !is_past(*part); ++part) {
    if (comes_whole(part->fate) || !has_content(*part)) continue;
    if (part->fate == PacketFate::late && missing.late == Late::had) continue;
    const bool is_made_up = std::any_of(part + 1, parts.end(), [&](const Part& later) {
      return !is_past(later) && makes_up(later, *part);
    });
    if (is_made_up) continue;
    return Explanation{ExplanationId::none,
                       fmt::format("packet {} did not come as it was sent: {}", part->packet + 1,
                                   tell_fate(part->packet, part->fate, missing.passages))};
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

std::optional<Explanation> explain_path(const TcpConnection& connection,
                                        std::span<const PathPassage> passages,
                                        std::optional<Timestamp> until) {
  return tell(connection.segments, {until, Late::had, passages});
}

std::optional<Explanation> explain_path(const UdpExchange& exchange,
                                        std::span<const PathPassage> passages,
                                        std::optional<Timestamp> until) {
  return tell(exchange.datagrams, {until, Late::had, passages});
}

std::optional<Explanation> explain_path(const FailureEvidence& evidence) {
  if (!evidence.server_end.empty()) return std::nullopt;
  Missing missing{evidence.gave_up, Late::had, evidence.passages};
  if (evidence.connection != nullptr) {
    if (evidence.end == StepEnd::timed_out) missing.late = Late::missed;
    return tell(evidence.connection->segments, missing);
  }
  if (evidence.exchange == nullptr || is_unanswered(*evidence.exchange, evidence.gave_up)) {
    return std::nullopt;
  }
  return tell(evidence.exchange->datagrams, missing);
}

}  // namespace wireproof
