#include "session/selftest.h"

#include <algorithm>
#include <deque>

namespace wireproof {
namespace {

// Of a sheet that stays inconclusive; against a fault it is given twice the time each time, so that
// the machine's part in it shrinks.
constexpr int kMaxPlayings = 6;
constexpr int kPlayingsAmongOthers = 3;  // then it is put off until it can be played alone

bool judges_cpu(const Scenario& scenario) {
  const auto judges_idleness = [](const Step& step) {
    const auto* server = std::get_if<StepServer>(&step.action);
    return server != nullptr && server->action == ServerAction::idle;
  };
  return std::ranges::any_of(scenario.session->steps, judges_idleness) ||
         std::ranges::find(scenario.measures, "server cpu", &Measure::name) !=
             scenario.measures.end();
}

// A trial as it is played.
struct Course {
  const Trial* trial = nullptr;
  std::vector<Play> plays;
  std::vector<std::optional<TrialSheet>> sheets;  // parallel to plays
  std::vector<int> playings;                      // parallel to plays
  std::deque<std::size_t> waiting;                // indexes of plays
  std::size_t running = 0;
  bool is_put_off = false;  // until the others are done: the machine had no time for it

  bool is_serial(bool full) const { return trial->kind == TrialKind::fault && !full; }
};

class Trials : public PlaySource {
 public:
  Trials(std::vector<Course> courses, bool full) : courses_(std::move(courses)), full_(full) {
    std::size_t size = 0;
    for (const Course& course : courses_) {
      base_.push_back(size);
      size += course.plays.size();
    }
  }

  // What is played one by one comes first: it takes longest, and the others fill the gaps. What was
  // put off comes last and alone.
  std::optional<NumberedPlay> next() override {
    for (const bool serial : {true, false}) {
      for (std::size_t index = 0; index < courses_.size(); ++index) {
        const Course& course = courses_[index];
        const bool is_next = !course.is_put_off && course.is_serial(full_) == serial &&
                             !course.waiting.empty() && (!serial || course.running == 0);
        if (is_next) return start(index);
      }
    }
    if (running_ > 0) return std::nullopt;
    for (std::size_t index = 0; index < courses_.size(); ++index) {
      if (!courses_[index].waiting.empty()) return start(index);
    }
    return std::nullopt;
  }

  bool take(std::size_t number, ScenarioResult result) override {
    const auto after = std::ranges::upper_bound(base_, number);
    const auto index = static_cast<std::size_t>(after - base_.begin()) - 1;
    Course& course = courses_[index];
    const std::size_t play = number - base_[index];
    --course.running;
    --running_;
    course.is_put_off = false;
    course.sheets[play] = summarize_sheet(result);
    if (result.verdict == Verdict::inconclusive && course.playings[play] < kMaxPlayings) {
      if (course.plays[play].timeout) *course.plays[play].timeout *= 2;
      course.waiting.push_front(play);
      course.is_put_off = course.playings[play] >= kPlayingsAmongOthers;
    } else if (course.is_serial(full_) && catches(*course.sheets[play], *course.trial)) {
      course.waiting.clear();
    }
    return true;
  }

  std::vector<TrialOutcome> take_outcomes() {
    std::vector<TrialOutcome> outcomes;
    for (Course& course : courses_) {
      TrialOutcome outcome{*course.trial, {}};
      for (auto& sheet : course.sheets) {
        if (sheet) outcome.sheets.push_back(std::move(*sheet));
      }
      outcomes.push_back(std::move(outcome));
    }
    return outcomes;
  }

 private:
  NumberedPlay start(std::size_t index) {
    Course& course = courses_[index];
    const std::size_t play = course.waiting.front();
    course.waiting.pop_front();
    ++course.running;
    ++running_;
    ++course.playings[play];
    return {base_[index] + play, &course.plays[play]};
  }

  std::vector<Course> courses_;
  bool full_;
  std::vector<std::size_t> base_;  // the number of each course's first play
  std::size_t running_ = 0;        // plays of all courses
};

}  // namespace

bool takes_part(const Scenario& scenario, const Trial& trial) {
  const FrontMatter& front = scenario.front;
  if (front.server != trial.server || !front.command.empty() || !scenario.session) return false;
  return std::ranges::none_of(trial.parameters, [&](const auto& parameter) {
    return front.parameters.contains(parameter.first);
  });
}

std::vector<Play> plan_trial(const Trial& trial, const std::vector<Scenario>& scenarios,
                             const SelftestOptions& options) {
  std::optional<Duration> timeout;
  if (trial.kind == TrialKind::fault) timeout = options.fault_timeout;
  std::vector<Play> plays;
  for (const Scenario& scenario : scenarios) {
    if (takes_part(scenario, trial)) plays.push_back({&scenario, 1, trial.parameters, timeout});
  }
  if (trial.explanation == "busy-loop") {
    std::stable_partition(plays.begin(), plays.end(),
                          [](const Play& play) { return judges_cpu(*play.scenario); });
  }
  return plays;
}

std::optional<std::vector<TrialOutcome>> run_selftest(const std::vector<Trial>& trials,
                                                      const std::vector<Scenario>& scenarios,
                                                      const ServerTable& servers,
                                                      const RunOptions& run,
                                                      const SelftestOptions& options) {
  std::vector<Course> courses;
  for (const Trial& trial : trials) {
    Course& course = courses.emplace_back();
    course.trial = &trial;
    course.plays = plan_trial(trial, scenarios, options);
    course.sheets.resize(course.plays.size());
    course.playings.resize(course.plays.size());
    for (std::size_t play = 0; play < course.plays.size(); ++play) course.waiting.push_back(play);
  }
  Trials source(std::move(courses), options.full);
  if (!play_all(source, servers, run)) return std::nullopt;
  return source.take_outcomes();
}

}  // namespace wireproof
