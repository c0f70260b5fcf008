#include "cli/check/each_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text/bytes.h"
#include "base/text/fold.h"
#include "base/text/words.h"
#include "cli/options/github_actions.h"
#include "judge/judge.h"
#include "judge/offline/connection_split.h"
#include "judge/offline/read_evidence.h"
#include "report/report.h"
#include "report/safe_text.h"
#include "result/reveal.h"

namespace wireproof {
namespace {

constexpr std::size_t kShownConnections = 3;
// Of which each is counted alone; a hostile capture may have another one in every connection.
constexpr std::size_t kMostHistories = 1000;
constexpr const char* kFurtherHistories = "…";

// Which connection of a capture it is.
struct ConnectionPlace {
  Endpoint client;
  std::uint64_t first_packet = 0;  // in the file, from 1
};

struct JudgedConnection {
  ConnectionPlace place;
  ScenarioResult result;
};

// What came of all connections that were judged; of most of them no more than that they were.
class ConnectionTally {
 public:
  void add(JudgedConnection judged) {
    const Verdict verdict = judged.result.verdict;
    count_history(judged.result.history, verdict);
    ++verdicts_[verdict];
    if (traits_of(verdict).exit_code == kExitCheckFailed) {
      keep(std::move(judged), failed_);
    } else if (!is_good(verdict)) {
      unjudged_.push_back({judged.place, verdict, judged.result.reason});
      std::ranges::sort(unjudged_, {}, [](const Unjudged& one) { return one.place.first_packet; });
      if (unjudged_.size() > kShownConnections) unjudged_.pop_back();
      keep_other(std::move(judged));
    } else {
      keep_other(std::move(judged));
    }
  }

  struct Unjudged {
    ConnectionPlace place;
    Verdict verdict = Verdict::inconclusive;
    std::string reason;
  };

  // The first ones, in the order of their first packets.
  const std::vector<JudgedConnection>& failed() const { return failed_; }
  const std::vector<Unjudged>& unjudged() const { return unjudged_; }

  // The counts, and the first of the worst; where there is none, `none`.
  ScenarioSummary summary(const ScenarioResult& none) const {
    ScenarioSummary summary;
    summary.of_connections = true;
    summary.repeats = 0;
    for (const auto& [seen, count] : histories_) {
      summary.histories.push_back({seen.first, seen.second, count});
      summary.repeats += count;
    }
    for (const auto& [verdict, count] : further_) {
      summary.histories.push_back({kFurtherHistories, verdict, count});
      summary.repeats += count;
    }
    summary.verdicts.assign(verdicts_.begin(), verdicts_.end());
    sort_counts(summary);
    summary.result = !failed_.empty() ? failed_.front().result : other_ ? other_->result : none;
    return summary;
  }

 private:
  void count_history(const std::string& history, Verdict verdict) {
    const auto known = histories_.find({history, verdict});
    if (known != histories_.end()) {
      ++known->second;
    } else if (histories_.size() < kMostHistories) {
      histories_[{history, verdict}] = 1;
    } else {
      ++further_[verdict];
    }
  }
  static void keep(JudgedConnection judged, std::vector<JudgedConnection>& first) {
    first.push_back(std::move(judged));
    std::ranges::sort(first, {},
                      [](const JudgedConnection& one) { return one.place.first_packet; });
    if (first.size() > kShownConnections) first.pop_back();
  }
  // The worst of what has not failed, the first of them.
  void keep_other(JudgedConnection judged) {
    const auto rank = [](const JudgedConnection& one) {
      return std::pair(-traits_of(one.result.verdict).badness, one.place.first_packet);
    };
    if (!other_ || rank(judged) < rank(*other_)) other_ = std::move(judged);
  }

  std::map<std::pair<std::string, Verdict>, std::uint64_t> histories_;
  std::map<Verdict, std::uint64_t> further_;  // of histories that are not among them
  std::map<Verdict, std::uint64_t> verdicts_;
  std::vector<JudgedConnection> failed_;
  std::vector<Unjudged> unjudged_;
  std::optional<JudgedConnection> other_;
};

class ConnectionJudge {
 public:
  ConnectionJudge(const Sheet& sheet, const CheckOptions& options, std::uint16_t port)
      : sheet_(sheet), options_(options), port_(port) {}

  void read() {
    const std::unique_ptr<PacketSource> source = open_capture(options_.capture);
    ConnectionSplit split(port_, [this](CapturedFlow flow) {
      const std::vector<CapturedFlow> connections = split_flow(std::move(flow), port_);
      for (const CapturedFlow& one : connections) judge_one(one);
    });
    reading_.is_empty = true;
    while (const std::optional<RawPacket> raw = source->next()) {
      const Packet packet = decode_packet(*raw);
      reading_.is_empty = false;
      reading_.unread.see(packet);
      reading_.left_out = !split.add(packet);
      if (reading_.left_out) break;
    }
    if (!reading_.left_out) reading_.damage = source->damage();
    add_file_faults(reading_, file_);
    split.finish();
    if (split.cut_packets() > 0) {
      file_.faults.push_back(fmt::format("the capture cut headers of {} (snaplen)",
                                         counted(split.cut_packets(), "packet")));
    }
    if (split.broken_fragments() > 0) {
      file_.faults.emplace_back("fragments of packets could not be put together");
    }
  }

  // What the file lacks may be of any connection, or of one that is not seen at all.
  ScenarioSummary summary() const {
    ScenarioResult none = begin_result(*sheet_.scenario);
    none.verdict = Verdict::inconclusive;
    none.reason = fmt::format("the capture has no connection to port {}", port_);
    ScenarioSummary summary = tally_.summary(none);
    ScenarioResult& result = summary.result;
    if (file_.faults.empty()) return summary;
    for (const std::string& fault : file_.faults) add_once(result.soundness.faults, fault);
    if (traits_of(result.verdict).exit_code != kExitCheckFailed) {
      result.verdict = Verdict::inconclusive;
      result.reason = "the capture is unsound: " + file_.faults.front();
    }
    return summary;
  }

  const ConnectionTally& tally() const { return tally_; }
  const FileReading& reading() const { return reading_; }
  const std::vector<std::string>& faults() const { return file_.faults; }

 private:
  void judge_one(const CapturedFlow& connection) {
    Evidence evidence = read_evidence(*sheet_.scenario, connection.packets, port_, 0);
    evidence.again = options_.again;
    evidence.strict = options_.strict;
    // What the end of the file lacks is of those that are open there.
    std::vector<std::string>& faults = evidence.soundness.faults;
    if (!connection.has_ended) {
      faults.insert(faults.end(), file_.faults.begin(), file_.faults.end());
    }
    if (connection.may_lack) {
      faults.emplace_back(
          "packets that may be of the connection were cut, or are fragments without the others");
    }
    if (connection.is_ambiguous) {
      faults.emplace_back(
          "which packets are of it, and which of another one with its ports, cannot be told");
    }
    JudgedConnection judged;
    judged.place = {connection.client, connection.numbers.front()};
    judged.result = judge(*sheet_.scenario, evidence);
    conceal(judged.result, sheet_.reveal);
    tally_.add(std::move(judged));
  }

  const Sheet& sheet_;
  const CheckOptions& options_;
  std::uint16_t port_;
  FileReading reading_;
  Soundness file_;  // faults of the file as a whole
  ConnectionTally tally_;
};

std::string render_place(const ConnectionPlace& place) {
  return fmt::format("the connection of {}, from packet {} on", render_endpoint(place.client),
                     place.first_packet);
}

std::string render_failed(const JudgedConnection& judged, const CheckOptions& options) {
  const RunResult alone = single_result(judged.result);
  const Endpoint& client = judged.place.client;
  std::string text =
      fmt::format("{}: {}\n", render_verdict(judged.result.verdict), render_place(judged.place));
  text += fmt::format(
      "  its packets are counted from 1 here; in the file: wireproof table {} --filter 'host {} "
      "and tcp port {}'\n",
      quote_for_shell(escape_control(options.capture)), render_ip_address(client.address),
      client.port);
  const ScenarioSummary& summary = alone.scenarios.front();
  if (options.output.verbose) text += render_text_details(summary, options.output.style(), true);
  return text + "\n" + render_feedback_text(alone, {}, options.reports.hints);
}

std::string render_unjudged(const ConnectionTally& tally) {
  std::string text;
  for (const ConnectionTally::Unjudged& one : tally.unjudged()) {
    text += fmt::format("{}: {}: {}\n", render_verdict(one.verdict), render_place(one.place),
                        one_line(one.reason));
  }
  return text;
}

void print_connections(const ConnectionJudge& judge, const ScenarioSummary& summary,
                       const CheckOptions& options) {
  std::string text = render_connections(summary, options.output.style(), !options.output.quiet);
  for (const std::string& fault : judge.faults()) text += "  capture: " + one_line(fault) + "\n";
  if (summary.repeats == 0) text += "  " + one_line(summary.result.reason) + "\n";
  const ConnectionTally& tally = judge.tally();
  if (!tally.failed().empty() || !tally.unjudged().empty()) text += "\n";
  for (const JudgedConnection& one : tally.failed()) text += render_failed(one, options);
  text += render_unjudged(tally);
  print_text(without_commands(text));
}

}  // namespace

int check_each_connection(const Sheet& sheet, const CheckOptions& options, std::uint16_t port,
                          ReportFiles& reports) {
  ConnectionJudge judge(sheet, options, port);
  RunResult run;
  try {
    judge.read();
  } catch (const std::exception& error) {
    run = cut_short({sheet}, {}, error.what());
    reports.write(run);
    throw;
  }
  run.scenarios.push_back(judge.summary());
  if (sheet.reveal == Reveal::verdict) run.scenarios.front().histories.clear();
  reports.write(run, render_feedback_text(run, {}, options.reports.hints));
  print_unread(options.capture, judge.reading().unread);
  print_connections(judge, run.scenarios.front(), options);
  print_annotations(run);
  print_file_faults(judge.reading(), options, port);
  reports.require_written();
  return exit_code(run);
}

}  // namespace wireproof
