#include "judge/explain/path_fault.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/time.h"
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

// How long a packet was on the path; none: that is not known, or it did not come.
template <class Part>
std::optional<Duration> time_on_path(const Part& part, Passages passages) {
  return part.packet < passages.size() ? passages[part.packet].took : std::nullopt;
}

// Whether the server was asked in time, and sent nothing at all until then.
bool is_unanswered(const UdpExchange& exchange, const Missing& missing) {
  bool was_asked = false;
  for (const Datagram& datagram : exchange.datagrams) {
    if (missing.until && datagram.time > *missing.until) break;
    if (datagram.from == Side::server) return false;
    const Duration took = time_on_path(datagram, missing.passages).value_or(Duration::zero());
    const bool came_in_time = !missing.until || datagram.time + took <= *missing.until;
    const bool came = comes_whole(datagram.fate) || datagram.fate == PacketFate::late;
    was_asked = was_asked || (came && came_in_time);
  }
  return was_asked;
}

// Behind the last of what has been sent; of datagrams there is no such place.
std::uint64_t behind(const Segment& segment) {
  return end_of(segment);
}
std::uint64_t behind(const Datagram&) {
  return 0;
}
std::uint64_t acknowledged(const Segment& segment) {
  return segment.ack;
}
std::uint64_t acknowledged(const Datagram&) {
  return 0;
}

// What the step would have had in time without the path.
class SlowPath {
 public:
  SlowPath(Timestamp gave_up, Passages passages) : gave_up_(gave_up), passages_(passages) {}

  // `was_asked`: what the client sent besides explains nothing.
  template <class Part>
  std::optional<Explanation> find(const std::vector<Part>& parts, bool was_asked) const {
    const Part* asked = nullptr;  // the last of the client before the step gave up
    for (const Part& part : parts) {
      const std::optional<Duration> took = time_on_path(part, passages_);
      if (!took || !has_content(part)) continue;
      const bool is_answer = part.from == Side::server;
      if (part.time > gave_up_) {
        // What the client did then may be what the server answers.
        if (!is_answer || asked == nullptr || acknowledged(part) > behind(*asked)) continue;
        return tell_late(part, *asked);
      }
      if (!is_answer) asked = &part;
      if (part.time + *took > gave_up_ && (is_answer || !was_asked)) return tell_waiting(part);
    }
    return std::nullopt;
  }

 private:
  template <class Part>
  std::optional<Explanation> tell_waiting(const Part& part) const {
    return Explanation{
        ExplanationId::none,
        fmt::format("packet {} was still on the sheet's path when the step gave up: "
                    "it takes {} there",
                    part.packet + 1, render_milliseconds(*time_on_path(part, passages_)))};
  }

  // The answer was sent when nobody waited any more.
  template <class Part>
  std::optional<Explanation> tell_late(const Part& answer, const Part& asked) const {
    const Duration took = *time_on_path(asked, passages_);
    if (answer.time - took > gave_up_) return std::nullopt;  // not for the path
    return Explanation{ExplanationId::none,
                       fmt::format("packet {} was sent too late for the step because packet {} had "
                                   "taken {} on the sheet's path",
                                   answer.packet + 1, asked.packet + 1, render_milliseconds(took))};
  }

  Timestamp gave_up_;
  Passages passages_;
};

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
  const bool has_waited = evidence.end == StepEnd::timed_out && evidence.gave_up;
  const SlowPath slow(evidence.gave_up.value_or(Timestamp{}), evidence.passages);
  Missing missing{evidence.gave_up, Late::had, evidence.passages};
  if (evidence.connection != nullptr) {
    // When it came is known where the path was there.
    const bool is_missed = evidence.end == StepEnd::timed_out && evidence.passages.empty();
    if (is_missed) missing.late = Late::missed;
    auto fault = tell(evidence.connection->segments, missing);
    if (fault || !has_waited) return fault;
    return slow.find(evidence.connection->segments, false);
  }
  if (evidence.exchange == nullptr) return std::nullopt;
  const bool was_asked = is_unanswered(*evidence.exchange, missing);
  std::optional<Explanation> fault;
  if (!was_asked) fault = tell(evidence.exchange->datagrams, missing);
  if (fault || !has_waited) return fault;
  return slow.find(evidence.exchange->datagrams, was_asked);
}

}  // namespace wireproof
