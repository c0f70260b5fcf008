#include "play/runner/runner.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>

#include "play/stage/stage_plan.h"
#include "result/reveal.h"

namespace wireproof {
namespace {

constexpr double kUsualWorth = 1;  // of a sheet that gives no points

double worth_of(const Scenario& sheet) {
  double points = 0;
  for (const PacketTable& table : sheet.packet_tables) {
    for (const PlacedRow& placed : table.rows) points += placed.row.points;
  }
  points = std::max(points, sheet.front.points);
  return points > 0 ? points : kUsualWorth;
}

// What each sheet is worth where those up to a level count; all of them where there are only
// others.
std::vector<std::optional<double>> worths_of(const std::vector<Scenario>& sheets,
                                             std::optional<SheetLevel> decides) {
  const auto is_up_to = [&](const Scenario& sheet) {
    return !decides || sheet.front.level <= *decides;
  };
  const bool any = std::ranges::any_of(sheets, is_up_to);
  std::vector<std::optional<double>> worths;
  for (const Scenario& sheet : sheets) {
    const bool counts = !any || is_up_to(sheet);
    worths.push_back(counts ? std::optional(worth_of(sheet)) : std::nullopt);
  }
  return worths;
}

// Sheets that ask the same of a program's start.
std::vector<std::vector<std::size_t>> group_by_start(const std::vector<Scenario>& sheets,
                                                     const ServerTable& servers) {
  std::map<std::pair<bool, bool>, std::vector<std::size_t>> groups;
  for (std::size_t index = 0; index < sheets.size(); ++index) {
    const ServerPorts ports = plan_ports(sheets[index].front, servers);
    groups[{ports.wants_udp, ports.wants_tcp}].push_back(index);
  }
  std::vector<std::vector<std::size_t>> result;
  for (const auto& [kind, members] : groups) result.push_back(members);
  return result;
}

class Grading : public PlaySource {
 public:
  Grading(const std::vector<Submission>& submissions, const std::vector<Scenario>& sheets,
          const ServerTable& servers, const RunOptions& options, const GradeSink& sink)
      : submissions_(submissions),
        sheets_(sheets),
        worths_(worths_of(sheets, options.decides)),
        sink_(sink),
        groups_(group_by_start(sheets, servers)),
        progress_(submissions.size()) {
    for (std::size_t index = 0; index < submissions.size(); ++index) {
      for (const Scenario& sheet : sheets) {
        plays_.push_back(
            {&sheet, 1, {}, {}, submissions[index].command, submissions[index].folder});
      }
      for (const auto& group : groups_) due_.push_back(index * sheets.size() + group.front());
      progress_[index].sheets.resize(sheets.size());
      progress_[index].open = sheets.size();
    }
  }

  std::span<const Play> plays() const override { return plays_; }

  std::optional<std::size_t> next() override {
    if (due_.empty()) return std::nullopt;
    const std::size_t number = due_.front();
    due_.pop_front();
    return number;
  }

  bool take(std::size_t number, ScenarioResult result) override {
    const std::size_t submission = number / sheets_.size();
    const std::size_t sheet = number % sheets_.size();
    const auto* const group = group_led_by(sheet);
    if (group != nullptr && result.server_failed_to_start) {
      start_failed(submission, *group, result.reason);
      return true;
    }
    if (group != nullptr) {
      ++progress_[submission].starts;
      // Before the next submission: who is begun is done soon, and kept.
      for (auto member = group->rbegin(); *member != sheet; ++member) {
        due_.push_front(submission * sheets_.size() + *member);
      }
    }
    conceal(result, sheets_[sheet].front.reveal);
    SheetGrade grade = grade_sheet(result, worths_[sheet]);
    progress_[submission].results.push_back(std::move(result));
    set(submission, sheet, std::move(grade));
    return true;
  }

 private:
  struct Progress {
    std::vector<SheetGrade> sheets;
    std::vector<ScenarioResult> results;              // of those that were played
    std::size_t open = 0;                             // sheets without a grade
    std::size_t starts = 0;                           // kinds of sheets for which it started
    std::map<std::size_t, std::string> start_errors;  // by the sheet that led its kind
  };

  const std::vector<std::size_t>* group_led_by(std::size_t sheet) const {
    const auto group =
        std::ranges::find(groups_, sheet, [](const auto& members) { return members.front(); });
    return group == groups_.end() ? nullptr : &*group;
  }

  void start_failed(std::size_t submission, const std::vector<std::size_t>& group,
                    const std::string& reason) {
    progress_[submission].start_errors[group.front()] = reason;
    for (const std::size_t sheet : group) {
      ScenarioResult unplayed = unplayed_result(sheets_[sheet], 1, Verdict::error, reason);
      unplayed.server_failed_to_start = true;
      set(submission, sheet, grade_sheet(unplayed, worths_[sheet]));
    }
  }

  void set(std::size_t submission, std::size_t sheet, SheetGrade grade) {
    Progress& graded = progress_[submission];
    graded.sheets[sheet] = std::move(grade);
    if (--graded.open == 0) finish(submission);
  }

  void finish(std::size_t submission) {
    Progress& graded = progress_[submission];
    SubmissionGrade grade;
    grade.name = submissions_[submission].name;
    grade.sheets = std::move(graded.sheets);
    if (graded.starts == 0) {
      grade.error = graded.start_errors.at(groups_.front().front());
      for (SheetGrade& sheet : grade.sheets) sheet.reason.clear();  // it is said once
    }
    std::ranges::sort(graded.results, {}, &ScenarioResult::id);
    sink_(submission, std::move(grade), graded.results);
    graded.results.clear();
  }

  const std::vector<Submission>& submissions_;
  const std::vector<Scenario>& sheets_;
  const std::vector<std::optional<double>> worths_;  // of the sheets
  const GradeSink& sink_;
  const std::vector<std::vector<std::size_t>> groups_;  // of sheets; the first of each leads it
  std::vector<Play> plays_;                             // submission by submission
  std::deque<std::size_t> due_;
  std::vector<Progress> progress_;  // per submission
};

}  // namespace

bool grade_submissions(const std::vector<Submission>& submissions,
                       const std::vector<Scenario>& sheets, const ServerTable& servers,
                       const RunOptions& options, const GradeSink& sink) {
  Grading grading(submissions, sheets, servers, options, sink);
  RunOptions brief = options;
  brief.verdicts_only = true;
  brief.trace_failures = true;
  return play_all(grading, servers, brief);
}

}  // namespace wireproof
