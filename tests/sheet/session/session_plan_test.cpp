#include "sheet/session/session_plan.h"

#include <algorithm>

#include "catch.h"
#include "sheet/scenario.h"

namespace wireproof {
namespace {

Step step_of(const std::string& actor, StepAction action) {
  Step step;
  step.actor = actor;
  step.action = std::move(action);
  return step;
}

Step repeat_of(std::uint64_t times, std::vector<Step> steps) {
  return step_of("client", StepRepeat{times, std::move(steps)});
}

// "connect@1 close@1", the number is `{i}`.
std::string render(const SessionPlan& plan) {
  std::string text;
  for (const PlayedStep& played : plan.steps) {
    Step alone = *played.step;
    alone.actor = "client";
    text += (text.empty() ? "" : " ") + render_step(alone);
    if (played.repetition != 0) text += "@" + std::to_string(played.repetition);
  }
  return text;
}

std::string render(std::span<const SheetActor> actors) {
  std::string text;
  for (const SheetActor& actor : actors) {
    text += (text.empty() ? "" : " ") + std::to_string(actor.number) + actor.name;
    if (actor.in_group) text += "*";
  }
  return text;
}

TEST_CASE("a repeat is unfolded, and its steps know their repetition", "[scenario]") {
  SessionScript script;
  script.steps = {step_of("client", StepConnect{}), repeat_of(2, {step_of("client", StepAbort{})}),
                  step_of("client", StepClose{})};
  CHECK(render(plan_session(script)) == "connect abort@1 abort@2 close");
}

TEST_CASE("in nested repeats the repetition is the inner one's", "[scenario]") {
  SessionScript script;
  script.steps = {repeat_of(
      2, {step_of("client", StepConnect{}), repeat_of(2, {step_of("client", StepAbort{})}),
          step_of("client", StepClose{})})};
  CHECK(render(plan_session(script)) ==
        "connect@1 abort@1 abort@2 close@1 connect@2 abort@1 abort@2 close@2");
}

TEST_CASE("where a repetition begins the plan says what comes behind its repeat", "[scenario]") {
  SessionScript script;
  script.steps = {repeat_of(2, {repeat_of(2, {step_of("client", StepAbort{})}),
                                step_of("client", StepClose{})}),
                  step_of("client", StepConnect{})};
  const SessionPlan plan = plan_session(script);
  REQUIRE(render(plan) == "abort@1 abort@2 close@1 abort@1 abort@2 close@2 connect");
  std::vector<std::size_t> behind;
  for (const PlayedStep& played : plan.steps) behind.push_back(played.behind_repeat);
  // The outer repeat's, where both begin; then the inner one's.
  CHECK(behind == std::vector<std::size_t>{6, 2, 0, 6, 5, 0, 0});
}

TEST_CASE("the group has the first numbers, then come actors as they appear", "[scenario]") {
  SessionScript script;
  script.group_size = 2;
  script.actors = {"c1", "c2"};
  script.steps = {step_of("each", StepConnect{}), step_of("server", StepServer{}),
                  repeat_of(1, {step_of("bob", StepConnect{})}), step_of("c2", StepClose{}),
                  step_of("alice", StepConnect{})};
  const SessionPlan plan = plan_session(script);
  CHECK(render(plan.actors) == "1c1* 2c2* 3bob 4alice");
  std::string who;
  for (const PlayedStep& played : plan.steps) who += "[" + render(plan.actors_of(played)) + "]";
  CHECK(who == "[1c1* 2c2*][][3bob][2c2*][4alice]");
  REQUIRE(plan.find("c2") != nullptr);
  CHECK(plan.find("each") == nullptr);
  CHECK(plan.plays(plan.steps[0], *plan.find("c2")));
  CHECK(plan.plays(plan.steps[3], *plan.find("c2")));
  CHECK_FALSE(plan.plays(plan.steps[3], *plan.find("c1")));
  CHECK_FALSE(plan.plays(plan.steps[0], *plan.find("bob")));
  CHECK_FALSE(plan.plays(plan.steps[1], *plan.find("c1")));
}

TEST_CASE("a name like a group's is no member of a group that is smaller", "[scenario]") {
  SessionScript script;
  script.group_size = 1;
  script.steps = {step_of("each", StepConnect{}), step_of("c7", StepConnect{})};
  const SessionPlan plan = plan_session(script);
  CHECK(render(plan.actors) == "1c1* 2c7");
  CHECK_FALSE(plan.plays(plan.steps[0], *plan.find("c7")));
}

TEST_CASE("steps are counted before they are unfolded", "[scenario]") {
  struct Case {
    std::vector<Step> steps;
    std::size_t count;
  };
  const Step abort = step_of("client", StepAbort{});
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  const Case cases[] = {
      {{}, 0},
      {{abort, abort}, 2},
      {{abort, repeat_of(3, {abort, repeat_of(4, {abort})})}, 16},
      {{repeat_of(kMost, {})}, 0},
      {{repeat_of(kMaxPlayedSteps, {abort})}, kMaxPlayedSteps},
      {{repeat_of(kMaxPlayedSteps, {abort}), abort}, kMaxPlayedSteps + 1},
      {{repeat_of(kMost, {repeat_of(kMost, {repeat_of(kMost, {abort})})})}, kMaxPlayedSteps + 1}};
  for (const Case& item : cases) CHECK(count_played_steps(item.steps) == item.count);
}

TEST_CASE("a session of too many steps is cut, and lasts at most a year", "[scenario]") {
  SessionScript script;
  Step wait = step_of("client", StepWait{std::chrono::seconds(9'000'000'000)});
  script.steps = {repeat_of(100'000, {repeat_of(100'000, {wait})})};
  const SessionPlan plan = plan_session(script);
  CHECK(plan.cut);
  CHECK(plan.steps.empty());
  CHECK(longest_session(plan, std::chrono::seconds(9'000'000'000)) == kLongestSession);
  script.steps = {repeat_of(kMaxPlayedSteps, {step_of("client", StepAbort{})})};
  CHECK_FALSE(plan_session(script).cut);
  CHECK(plan_session(script).steps.size() == kMaxPlayedSteps);
}

TEST_CASE("a session lasts at most as long as its steps and their limits", "[scenario]") {
  SessionScript script;
  Step nothing = step_of("client", StepRecvNothing{std::chrono::milliseconds(300)});
  nothing.within = std::chrono::seconds(5);
  script.steps = {repeat_of(3, {nothing}), step_of("client", StepWait{std::chrono::seconds(1)}),
                  step_of("client", StepClose{})};
  CHECK(longest_session(plan_session(script), std::chrono::seconds(2)) ==
        3 * std::chrono::milliseconds(5300) + std::chrono::seconds(1) + std::chrono::seconds(2) +
            std::chrono::seconds(2));
}

TEST_CASE("the sheet says which actors speak UDP, or what the server has", "[scenario]") {
  CHECK(uses_udp(Transport::udp, "client"));
  CHECK_FALSE(uses_udp(Transport::tcp, "udp1"));
  CHECK(uses_udp(Transport::tcp_udp, "udp1"));
  CHECK_FALSE(uses_udp(Transport::tcp_udp, "client"));
  FrontMatter front;
  CHECK(transport_of(front, true) == Transport::tcp);
  CHECK(transport_of(front, false) == Transport::udp);
  front.transport = Transport::tcp_udp;
  CHECK(transport_of(front, true) == Transport::tcp_udp);
}

TEST_CASE("a written step is found inside of repeats too", "[scenario]") {
  SessionScript script;
  script.steps = {repeat_of(2, {repeat_of(2, {step_of("client", StepAbort{})})}),
                  step_of("client", StepClose{})};
  std::string seen;
  visit_steps(script.steps, [&seen](const Step& step) { seen += render_step(step) + " "; });
  CHECK(seen == "abort close ");
  const auto is_abort = [](const Step& step) {
    return std::holds_alternative<StepAbort>(step.action);
  };
  CHECK(any_step(script.steps, is_abort));
  script.steps.erase(script.steps.begin());
  CHECK_FALSE(any_step(script.steps, is_abort));
}

}  // namespace
}  // namespace wireproof
