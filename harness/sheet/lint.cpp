#include "sheet/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sheet/session/session_plan.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

// A traced run judges no times: each stop of the server costs some.
void lint_times(const Scenario& scenario, Problems& problems) {
  if (!std::ranges::any_of(scenario.packet_tables, names_calls)) return;
  for (const Measure& measure : scenario.measures) {
    if (measure.kind != MeasureKind::reply_time) continue;
    problems.warning(ProblemCode::unjudged_time, measure.span,
                     "`reply time` is not judged where the server is traced, as Cause and Blocked "
                     "have it",
                     "the measure needs a sheet of its own, without these columns");
  }
}

// What is over for an actor's socket.
struct SocketEnds {
  bool closed = false;   // by `close` or `abort`
  bool sending = false;  // our direction
  bool reading = false;  // the server's, as `recv eof` or `recv reset` has it
  bool reset = false;
};

// Steps that can only fail because of a step before them, whatever the server does.
class EndLinter {
 public:
  EndLinter(const SessionScript& session, Problems& problems)
      : problems_(problems), actors_(session_actors(session)), serving_(serving_actors(session)) {}

  // The steps of a repeat are walked twice: what ends in it has ended for its begin.
  void walk(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      const auto* const repeat = std::get_if<StepRepeat>(&step.action);
      if (repeat == nullptr) {
        walk_step(step);
        continue;
      }
      walk(repeat->steps);
      if (repeat->times > 1) walk(repeat->steps);
    }
  }

 private:
  void walk_step(const Step& step) {
    const StepTraits traits = step_traits(step.action);
    const bool serves = std::ranges::find(serving_, step.actor) != serving_.end();
    const std::string peer = serves ? "client" : "server";
    std::string reason;
    for (const SheetActor& actor : actors_) {
      const bool acts = step.actor == kGroupName ? actor.in_group : actor.name == step.actor;
      if (!acts) continue;
      SocketEnds& ends = ends_[actor.name];
      if (traits.makes != ActorKind::none) ends = {};
      if (reason.empty()) reason = why_in_vain(traits, ends, peer);
      note_ends(step, traits, ends);
    }
    if (reason.empty() || !told_.insert(step.span.begin).second) return;
    problems_.warning(ProblemCode::step_in_vain, step.span,
                      fmt::format("this step fails whatever the {} does: {}", peer, reason),
                      fmt::format("{} before it opens another connection",
                                  serves ? "an `accept`" : "a `connect`"));
  }

  static std::string why_in_vain(const StepTraits& traits, const SocketEnds& ends,
                                 const std::string& peer) {
    const bool reads = traits.takes_reply || traits.awaits_close();
    if (!reads && traits.sends == nullptr) return "";
    if (ends.closed) return "the connection is closed already";
    if (ends.reset) return "the connection was reset before it";
    if (traits.sends != nullptr && ends.sending)
      return "the direction to the " + peer + " is closed";
    if (traits.takes_reply && ends.reading) return "`recv eof` has seen the end before it";
    return "";
  }

  static void note_ends(const Step& step, const StepTraits& traits, SocketEnds& ends) {
    ends.closed |= std::holds_alternative<StepClose>(step.action) ||
                   std::holds_alternative<StepAbort>(step.action);
    ends.sending |= traits.closes;
    ends.reading |= traits.goal == StepGoal::end;
    ends.reset |= traits.goal == StepGoal::reset;
  }

  Problems& problems_;
  std::vector<SheetActor> actors_;
  std::vector<std::string> serving_;  // names of those with the server's part
  std::map<std::string, SocketEnds> ends_;
  std::set<std::size_t> told_;  // begins of the steps' spans
};

}  // namespace

Diagnostics lint_scenario(const Scenario& scenario) {
  Problems problems;
  lint_times(scenario, problems);
  if (scenario.session) {
    EndLinter(*scenario.session, problems).walk(scenario.session->steps);
    lint_bytes(scenario, problems);
  }
  return problems.take();
}

}  // namespace wireproof
