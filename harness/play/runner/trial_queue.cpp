#include "play/runner/trial_queue.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace wireproof {
namespace {

// Of a sheet that stays inconclusive; against a fault it is given twice the time each time, so that
// the machine's part in it shrinks.
constexpr int kMaxPlayings = 6;
constexpr int kPlayingsAmongOthers = 3;  // then it is put off until nothing else is left

// What sheets of several servers that show the same thing have in common.
std::string_view short_name(const Play& play) {
  const std::string_view id = play.scenario->id;
  return id.substr(id.rfind('/') + 1);
}

}  // namespace

TrialQueue::TrialQueue(std::vector<PlannedTrial> trials, bool full) {
  std::map<std::string, std::size_t> leaders;  // by the fault's name
  std::size_t size = 0;
  for (PlannedTrial& planned : trials) {
    const std::size_t index = courses_.size();
    Course& course = courses_.emplace_back();
    course.trial = planned.trial;
    course.plays = std::move(planned.plays);
    course.sheets.resize(course.plays.size());
    course.playings.resize(course.plays.size());
    for (std::size_t play = 0; play < course.plays.size(); ++play) course.waiting.push_back(play);
    course.is_serial = course.trial->kind == TrialKind::fault && !full;
    if (course.is_serial) {
      const auto [leader, leads] = leaders.try_emplace(course.trial->name, index);
      if (!leads) course.leader = leader->second;
    }
    base_.push_back(size);
    size += course.plays.size();
  }
}

// What is played one by one comes first: it takes longest, and the others fill the gaps. What was
// put off comes behind its trial's other sheets, behind all other trials, and alone.
std::optional<PlaySource::NumberedPlay> TrialQueue::next() {
  for (const bool serial : {true, false}) {
    for (std::size_t index = 0; index < courses_.size(); ++index) {
      const Course& course = courses_[index];
      const bool is_next = course.is_serial == serial && may_start(course) &&
                           !is_put_off(course, course.waiting.front()) &&
                           (!serial || course.running == 0);
      if (is_next) return start(index);
    }
  }
  if (running_ > 0) return std::nullopt;
  for (std::size_t index = 0; index < courses_.size(); ++index) {
    if (may_start(courses_[index])) return start(index);
  }
  return std::nullopt;
}

bool TrialQueue::take(std::size_t number, ScenarioResult result) {
  const auto after = std::ranges::upper_bound(base_, number);
  const auto index = static_cast<std::size_t>(after - base_.begin()) - 1;
  Course& course = courses_[index];
  const std::size_t play = number - base_[index];
  --course.running;
  --running_;
  course.sheets[play] = summarize_sheet(result);
  if (result.verdict == Verdict::inconclusive && course.playings[play] < kMaxPlayings) {
    if (course.plays[play].timeout) *course.plays[play].timeout *= 2;
    if (is_put_off(course, play)) {
      course.waiting.push_back(play);
    } else {
      course.waiting.push_front(play);
    }
  } else if (course.is_serial && catches(*course.sheets[play], *course.trial)) {
    course.waiting.clear();
  }
  return true;
}

std::vector<TrialOutcome> TrialQueue::take_outcomes() {
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

void TrialQueue::follow(const Course& leader, Course& course) {
  for (std::size_t play = 0; play < leader.plays.size(); ++play) {
    if (!leader.sheets[play] || !catches(*leader.sheets[play], *leader.trial)) continue;
    const auto shows_it = [&](std::size_t waiting) {
      return short_name(course.plays[waiting]) == short_name(leader.plays[play]);
    };
    std::stable_partition(course.waiting.begin(), course.waiting.end(), shows_it);
  }
}

bool TrialQueue::is_put_off(const Course& course, std::size_t play) {
  return course.playings[play] >= kPlayingsAmongOthers;
}

bool TrialQueue::may_start(const Course& course) const {
  if (course.waiting.empty()) return false;
  if (!course.leader) return true;
  const Course& leader = courses_[*course.leader];
  return leader.waiting.empty() && leader.running == 0;
}

PlaySource::NumberedPlay TrialQueue::start(std::size_t index) {
  Course& course = courses_[index];
  if (course.leader) follow(courses_[*course.leader], course);
  course.leader.reset();
  const std::size_t play = course.waiting.front();
  course.waiting.pop_front();
  ++course.running;
  ++running_;
  ++course.playings[play];
  return {base_[index] + play, &course.plays[play]};
}

}  // namespace wireproof
