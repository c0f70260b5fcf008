#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "judge/judge.h"
#include "judge/traffic/goodput.h"
#include "judge/traffic/recovery.h"
#include "judge/traffic/traffic.h"
#include "result/explanation.h"
#include "sheet/table/measures.h"

namespace wireproof {
namespace {

constexpr double kPercent = 100;
constexpr double kMegabyte = 1e6;
constexpr double kKilobit = 1e3;
constexpr double kMegabit = 1e6;
constexpr const char* kTracedTimes = "a traced server is slowed down by every stop";

// A number, or why there is none.
struct Measured {
  std::optional<double> value{};  // in the measure's unit
  std::string text{};             // with what it was computed from
  std::string skipped{};
  std::string why{};  // what a number that is too large says
  ExplanationId explanation = ExplanationId::none;

  static Measured none(std::string reason) { return {.skipped = std::move(reason)}; }
};

Measured as_number(std::size_t count) {
  return {static_cast<double>(count), std::to_string(count)};
}

// "2 (packets 4, 7)"
Measured as_packets(const std::vector<std::size_t>& packets) {
  Measured measured = as_number(packets.size());
  std::string places;
  for (const std::size_t packet : packets) {
    places += (places.empty() ? "" : ", ") + std::to_string(packet + 1);
  }
  if (packets.empty()) return measured;
  measured.text += fmt::format(" (packet{} {})", packets.size() == 1 ? "" : "s", places);
  return measured;
}

Measured as_growth(std::int64_t before, std::int64_t after, std::string why) {
  return {.value = static_cast<double>(after - before),
          .text = fmt::format("{:+} ({} before the first step, {} after the last)", after - before,
                              before, after),
          .why = std::move(why),
          .explanation = ExplanationId::left_behind};
}

Measured as_memory(std::int64_t before, std::int64_t after) {
  const auto megabytes = [](std::int64_t bytes) { return static_cast<double>(bytes) / kMegabyte; };
  return {
      .value = static_cast<double>(after - before),
      .text = fmt::format("{:+.1f} MB ({:.1f} MB before the first step, {:.1f} MB after the last)",
                          megabytes(after - before), megabytes(before), megabytes(after)),
      .why = "what was taken for a client must be given back when it has gone"};
}

std::string render_bit_rate(double bits_per_second) {
  if (bits_per_second >= kMegabit) return fmt::format("{:.1f} Mbit/s", bits_per_second / kMegabit);
  return fmt::format("{:.1f} kbit/s", bits_per_second / kKilobit);
}

class MeasureJudge {
 public:
  MeasureJudge(const Scenario& scenario, const Evidence& evidence)
      : scenario_(scenario), evidence_(evidence) {}

  SectionJudgement judge() {
    CheckResult& check = judgement_.check;
    check.kind = CheckKind::measures;
    check.name = "Measures";
    check.verdict = Verdict::skip;
    for (const Measure& measure : scenario_.measures) judge_one(measure);
    return std::move(judgement_);
  }

 private:
  void judge_one(const Measure& measure) {
    CheckResult& check = judgement_.check;
    const Measured measured = read(measure.kind);
    if (!measured.value) {
      if (check.reason.empty()) {
        check.reason = fmt::format("{}: {}", measure_name(measure.kind), measured.skipped);
      }
      return;
    }
    if (!is_of_server(measure.kind) && !evidence_.soundness.faults.empty()) {
      check.verdict = Verdict::inconclusive;
      check.reason = "the capture is unsound: " + evidence_.soundness.faults.front();
    }
    if (check.verdict == Verdict::skip) check.verdict = Verdict::pass;
    if (!measure.range.holds(*measured.value)) fail(measure, measured);
  }

  void fail(const Measure& measure, const Measured& measured) {
    if (measure.level == Level::info) return;
    const bool counts = measure.level == Level::must || evidence_.strict;
    Diagnostic diagnostic;
    diagnostic.severity = counts ? Severity::error : Severity::warning;
    diagnostic.message = fmt::format("{}: {}", measure_name(measure.kind), measured.text);
    diagnostic.span = measure.span;
    diagnostic.notes.push_back({"expected", measure.expected});
    diagnostic.notes.push_back({"captured", measured.text});
    if (!measured.why.empty()) diagnostic.notes.push_back({"why", measured.why});
    diagnostic.explanation = measured.explanation;
    judgement_.failures.push_back(std::move(diagnostic));
    if (counts && judgement_.check.verdict == Verdict::pass) {
      judgement_.check.verdict = Verdict::fail;
    }
  }

  // The tracer numbers its calls.
  bool is_traced_run() const {
    return std::ranges::any_of(evidence_.played.calls,
                               [](const SocketCall& call) { return call.order != 0; });
  }

  Measured read(MeasureKind kind) const {
    if (is_of_server(kind)) return read_server(kind);
    if (!evidence_.traffic) {
      return Measured::none("nothing was captured");
    }
    if (kind == MeasureKind::packets) return as_number(count_packets());
    if (kind == MeasureKind::retransmissions) return read_retransmissions(std::nullopt);
    if (kind == MeasureKind::retransmissions_client) return read_retransmissions(Side::client);
    if (kind == MeasureKind::retransmissions_server) return read_retransmissions(Side::server);
    if (kind == MeasureKind::lost) return read_lost();
    if (kind == MeasureKind::recovery_time) return read_recovery_time();
    if (is_traced_run()) return Measured::none(kTracedTimes);
    return kind == MeasureKind::goodput ? read_goodput() : read_reply_time();
  }

  Measured read_server(MeasureKind kind) const {
    if (evidence_.offline) return Measured::none("only a run can measure it");
    if (!evidence_.server_use) {
      return Measured::none(evidence_.server_unmeasured.empty() ? "the server was not measured"
                                                                : evidence_.server_unmeasured);
    }
    const ProcessUse& before = evidence_.server_use->before;
    const ProcessUse& after = evidence_.server_use->after;
    if (kind == MeasureKind::server_cpu && is_traced_run()) return Measured::none(kTracedTimes);
    if (kind == MeasureKind::server_cpu) return read_cpu(*evidence_.server_use);
    if (kind == MeasureKind::server_descriptors) {
      return as_growth(before.descriptors, after.descriptors,
                       "each client costs a descriptor until the server calls close()");
    }
    if (kind == MeasureKind::server_threads) {
      return as_growth(before.threads, after.threads,
                       "a thread or process of a client must end when the client has gone; a "
                       "process counts until its parent has waited for it");
    }
    return as_memory(before.resident_bytes, after.resident_bytes);
  }

  static Measured read_cpu(const ServerMeasured& use) {
    const Duration used = use.after.cpu - use.before.cpu;
    if (use.lasted <= Duration(0)) return Measured::none("the session took no time");
    const double share =
        static_cast<double>(used.count()) / static_cast<double>(use.lasted.count()) * kPercent;
    return {.value = share,
            .text = fmt::format("{:.1f}% ({} in {})", share, render_milliseconds(used),
                                render_milliseconds(use.lasted)),
            .why =
                "a server that waits in recv, accept or select uses no CPU; one that asks again "
                "and again does",
            .explanation = ExplanationId::busy_loop};
  }

  Measured read_reply_time() const {
    if (evidence_.offline) return Measured::none("only a run can measure it");
    const PlayedSession& played = evidence_.played;
    const auto slowest =
        find_slowest_reply(evidence_.traffic->conversations(), played.actors, played.calls);
    if (!slowest) return Measured::none("no request was answered");
    return {
        static_cast<double>(slowest->lasted.count()),
        fmt::format("{} to {}, from packet {} to packet {}", render_milliseconds(slowest->lasted),
                    slowest->actor, slowest->request + 1, slowest->reply + 1)};
  }

  std::size_t count_packets() const {
    std::size_t count = 0;
    for (const ActorConversations& actor : evidence_.traffic->actors()) {
      for (const TcpConnection* connection : actor.tcp) count += connection->segments.size();
      for (const UdpExchange* exchange : actor.udp) count += exchange->datagrams.size();
    }
    return count;
  }

  Measured read_retransmissions(std::optional<Side> from) const {
    std::vector<std::size_t> packets;
    for (const ActorConversations& actor : evidence_.traffic->actors()) {
      for (const TcpConnection* connection : actor.tcp) {
        for (const Segment& segment : connection->segments) {
          const bool counts = !from || segment.from == *from;
          if (counts && is_retransmission(segment.repeat)) packets.push_back(segment.packet);
        }
      }
    }
    return as_packets(packets);
  }

  Measured read_lost() const {
    if (evidence_.fates_unknown) return Measured::none(std::string(kFatesUnknown));
    std::vector<std::size_t> packets;
    const auto add = [&](const auto& parts) {
      for (const auto& part : parts) {
        if (part.fate == PacketFate::lost) packets.push_back(part.packet);
      }
    };
    for (const ActorConversations& actor : evidence_.traffic->actors()) {
      for (const TcpConnection* connection : actor.tcp) add(connection->segments);
      for (const UdpExchange* exchange : actor.udp) add(exchange->datagrams);
    }
    return as_packets(packets);
  }

  Measured read_recovery_time() const {
    if (evidence_.offline) return Measured::none(std::string(kFatesUnknown));
    std::vector<const TcpConnection*> connections;
    for (const ActorConversations& actor : evidence_.traffic->actors()) {
      connections.insert(connections.end(), actor.tcp.begin(), actor.tcp.end());
    }
    const auto slowest = find_slowest_recovery(connections);
    if (!slowest) return Measured::none("the path lost nothing that is sent again");
    if (!slowest->healing) {
      return {std::numeric_limits<double>::infinity(),
              fmt::format("packet {} was never acknowledged", slowest->lost + 1)};
    }
    return {static_cast<double>(slowest->lasted.count()),
            fmt::format("{}, from packet {} to packet {}", render_milliseconds(slowest->lasted),
                        slowest->lost + 1, *slowest->healing + 1)};
  }

  Measured read_goodput() const {
    const auto goodput = find_goodput(*evidence_.traffic);
    if (!goodput) return Measured::none("no payload arrived, or all of it at once");
    const double rate = goodput->rate();
    return {rate, fmt::format("{} ({} in {}, from packet {} to packet {})", render_bit_rate(rate),
                              counted(goodput->bytes, "byte"), render_milliseconds(goodput->lasted),
                              goodput->first + 1, goodput->last + 1)};
  }

  const Scenario& scenario_;
  const Evidence& evidence_;
  SectionJudgement judgement_;
};

}  // namespace

SectionJudgement judge_measures(const Scenario& scenario, const Evidence& evidence) {
  return MeasureJudge(scenario, evidence).judge();
}

}  // namespace wireproof
