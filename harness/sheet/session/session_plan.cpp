#include "sheet/session/session_plan.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

class Unfolder {
 public:
  Unfolder(const SessionScript& script, SessionPlan& plan) : script_(script), plan_(plan) {
    for (const SheetActor& actor : plan.actors) places_[actor.name] = actor.number - 1;
  }

  void unfold(const std::vector<Step>& steps, std::uint64_t repetition) {
    for (const Step& step : steps) {
      if (const auto* const repeat = std::get_if<StepRepeat>(&step.action)) {
        unfold_repeat(*repeat);
      } else {
        add(step, repetition);
      }
    }
  }

 private:
  void unfold_repeat(const StepRepeat& repeat) {
    std::vector<std::size_t> begins;
    for (std::uint64_t i = 1; i <= repeat.times; ++i) {
      const std::size_t begin = plan_.steps.size();
      unfold(repeat.steps, i);
      if (plan_.steps.size() == begin) break;  // it has no steps
      begins.push_back(begin);
    }
    for (const std::size_t begin : begins) plan_.steps[begin].behind_repeat = plan_.steps.size();
  }

  void add(const Step& step, std::uint64_t repetition) {
    PlayedStep played{&step, repetition, 0, 0, 0};
    if (step.actor == kGroupName) {
      played.actor_count = script_.group_size;
    } else if (const auto place = places_.find(step.actor); place != places_.end()) {
      played.first_actor = place->second;
      played.actor_count = 1;
    }
    plan_.steps.push_back(played);
  }

  const SessionScript& script_;
  SessionPlan& plan_;
  std::unordered_map<std::string, std::size_t> places_;
};

Duration add_bounded(Duration sum, Duration more) {
  return more > kLongestSession - sum ? kLongestSession : sum + more;
}

}  // namespace

bool uses_udp(Transport transport, const std::string& actor) {
  switch (transport) {
    case Transport::tcp:
      return false;
    case Transport::udp:
      return true;
    case Transport::tcp_udp:
      return actor.starts_with("udp");
  }
  return false;
}

const SheetActor* SessionPlan::find(const std::string& name) const {
  const auto found = std::ranges::find(actors, name, &SheetActor::name);
  return found == actors.end() ? nullptr : &*found;
}

bool SessionPlan::plays(const PlayedStep& played, const SheetActor& actor) const {
  const std::size_t index = actor.number - 1;
  return index >= played.first_actor && index - played.first_actor < played.actor_count;
}

std::size_t count_played_steps(std::span<const Step> steps) {
  constexpr std::size_t kMore = kMaxPlayedSteps + 1;
  std::size_t count = 0;
  for (const Step& step : steps) {
    std::size_t own = 1;
    if (const auto* const repeat = std::get_if<StepRepeat>(&step.action)) {
      const std::size_t once = count_played_steps(repeat->steps);
      own = once == 0 ? 0 : std::min<std::uint64_t>(repeat->times, kMore) * once;
    }
    count = std::min(count + own, kMore);
  }
  return count;
}

std::vector<SheetActor> session_actors(const SessionScript& script) {
  std::vector<SheetActor> actors;
  std::unordered_set<std::string> seen{std::string(kGroupName), std::string(kServerName),
                                       std::string(kNoActor)};
  const auto add = [&](const std::string& name) {
    if (!seen.insert(name).second) return;
    const std::uint64_t number = actors.size() + 1;
    actors.push_back({name, number, number <= script.group_size});
  };
  for (std::uint64_t k = 1; k <= script.group_size; ++k) add("c" + std::to_string(k));
  for (const std::string& name : script.actors) add(name);
  visit_steps(script.steps, [&add](const Step& step) { add(step.actor); });
  return actors;
}

std::vector<ListeningActor> listening_actors(const SessionScript& script,
                                             std::optional<Transport> transport) {
  std::vector<ListeningActor> actors;
  visit_steps(script.steps, [&](const Step& step) {
    const auto* const listen = std::get_if<StepListen>(&step.action);
    if (listen == nullptr) return;
    const bool is_known =
        std::ranges::find(actors, step.actor, &ListeningActor::name) != actors.end();
    const Transport spoken = listen->transport.value_or(transport.value_or(Transport::tcp));
    if (!is_known) actors.push_back({step.actor, listen->port, !uses_udp(spoken, step.actor)});
  });
  return actors;
}

bool answers_from_other_ports(const SessionScript& script) {
  return any_step(script.steps,
                  [](const Step& step) { return step_traits(step.action).from_another_port; });
}

std::vector<std::string> serving_actors(const SessionScript& script) {
  std::vector<std::string> actors;
  const auto add = [&actors](const std::string& name) {
    if (std::ranges::find(actors, name) == actors.end()) actors.push_back(name);
  };
  visit_steps(script.steps, [&](const Step& step) {
    if (!step_traits(step.action).serves) return;
    if (step.actor != kGroupName) return add(step.actor);
    for (std::uint64_t k = 1; k <= script.group_size; ++k) add("c" + std::to_string(k));
  });
  return actors;
}

SessionPlan plan_session(const SessionScript& script) {
  SessionPlan plan;
  plan.actors = session_actors(script);
  plan.cut = count_played_steps(script.steps) > kMaxPlayedSteps;
  if (plan.cut) return plan;
  Unfolder(script, plan).unfold(script.steps, 0);
  return plan;
}

Duration longest_session(const SessionPlan& plan, Duration timeout) {
  if (plan.cut) return kLongestSession;
  Duration sum{};
  for (const PlayedStep& played : plan.steps) {
    sum = add_bounded(sum, step_traits(played.step->action).lasts);
    sum = add_bounded(sum, played.step->within.value_or(timeout));
  }
  return sum;
}

}  // namespace wireproof
