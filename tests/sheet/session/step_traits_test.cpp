#include "sheet/session/step_traits.h"

#include "catch.h"

namespace wireproof {
namespace {

Message text_message(const std::string& text) {
  Message message;
  message.parts.emplace_back(TextPart{text});
  return message;
}

StepSend send_in_pieces() {
  StepSend send;
  send.message = text_message("ab");
  send.piece_size = 1;
  return send;
}

StepSend send_split() {
  StepSend send;
  send.message = text_message("ab");
  send.split_after = {"length"};
  return send;
}

std::string kind_name(ActorKind kind) {
  switch (kind) {
    case ActorKind::none:
      return "-";
    case ActorKind::socket:
      return "socket";
    case ActorKind::program:
      return "program";
    case ActorKind::listener:
      return "listener";
  }
  return "";
}

std::string goal_name(StepGoal goal) {
  constexpr const char* kNames[] = {"message", "end",    "reset", "silence", "connect",
                                    "refusal", "accept", "send",  "output",  "exit",
                                    "restart", "alive",  "idle",  "-"};
  return kNames[static_cast<std::size_t>(goal)];
}

std::string judged_name(Judged judged) {
  constexpr const char* kNames[] = {"-", "packets", "live"};
  return kNames[static_cast<std::size_t>(judged)];
}

// "GOAL NEEDS MAKES JUDGED", and what else it has.
std::string render(const StepAction& action) {
  const StepTraits traits = step_traits(action);
  std::string text = goal_name(traits.goal) + " " + kind_name(traits.needs) + " " +
                     kind_name(traits.makes) + " " + judged_name(traits.judged);
  if (traits.sends != nullptr) text += " sends";
  if (traits.in_pieces) text += " pieces";
  if (traits.takes_reply) text += " reply";
  if (traits.expects != nullptr) text += " expects";
  if (traits.reply_size) text += " size=" + std::to_string(*traits.reply_size);
  if (traits.closes) text += " closes";
  if (traits.serves) text += " serves";
  if (traits.awaits_close()) text += " awaits-close";
  if (traits.lasts != Duration(0)) text += " lasts=" + render_duration(traits.lasts);
  return text;
}

struct TraitsCase {
  StepAction action;
  std::string traits;
};

const TraitsCase kCases[] = {
    {StepConnect{}, "connect - socket -"},
    {StepSend{text_message("a"), {}, {}, {}, false}, "send socket - - sends"},
    {send_in_pieces(), "send socket - - sends pieces"},
    {send_split(), "send socket - - sends pieces"},
    {StepRecvMessage{text_message("a")}, "message socket - packets reply expects"},
    {StepRecvEither{{text_message("a"), text_message("b")}}, "message socket - packets reply"},
    {StepRecvCount{7}, "message socket - packets reply size=7"},
    {StepRecvUntil{{'\n'}}, "message socket - packets reply"},
    {StepRecvPattern{"a+"}, "message socket - packets reply"},
    {StepRecvEof{}, "end socket - packets awaits-close"},
    {StepRecvReset{}, "reset socket - packets awaits-close"},
    {StepRecvNothing{std::chrono::milliseconds(200)}, "silence socket - live lasts=200ms"},
    {StepShutdown{}, "- socket - - closes"},
    {StepClose{}, "- socket - - closes"},
    {StepAbort{}, "- socket - -"},
    {StepRefused{}, "refusal - socket packets"},
    {StepWait{std::chrono::seconds(3)}, "- - - - lasts=3s"},
    {StepSockets{"end"}, "- - - live"},
    {StepNote{"the end"}, "- - - -"},
    {StepRun{"nc"}, "- - program -"},
    {StepType{"a\n"}, "- program - -"},
    {StepPrints{"a", false}, "output program - live"},
    {StepExits{0}, "exit program - live"},
    {StepListen{8080, {}}, "- - listener - serves"},
    {StepAccept{}, "accept - socket packets serves"},
    {StepRefuse{}, "- listener - - serves"},
    {StepServer{ServerAction::restart}, "restart - - live"},
    {StepServer{ServerAction::stop}, "- - - live"},
    {StepServer{ServerAction::alive}, "alive - - live"},
    {StepServer{ServerAction::idle}, "idle - - live"},
    {StepRepeat{2, {}}, "- - - -"},
};

TEST_CASE("each kind of step says what it needs, makes, judges and aims at", "[scenario]") {
  std::vector<bool> seen(std::variant_size_v<StepAction>);
  for (const TraitsCase& one : kCases) {
    Step step;
    step.action = one.action;
    INFO(render_step(step));
    CHECK(render(one.action) == one.traits);
    seen[one.action.index()] = true;
  }
  for (std::size_t kind = 0; kind < seen.size(); ++kind) {
    INFO("alternative " << kind << " of StepAction");
    CHECK(seen[kind]);
  }
}

TEST_CASE("the messages of a step's traits are the step's own", "[scenario]") {
  const StepAction send = StepSend{text_message("x"), {}, {}, {}, false};
  CHECK(step_traits(send).sends == &std::get<StepSend>(send).message);
  const StepAction recv = StepRecvMessage{text_message("x")};
  CHECK(step_traits(recv).expects == &std::get<StepRecvMessage>(recv).message);
}

TEST_CASE("every message that a step may receive may remember something", "[scenario]") {
  FieldArgument id;
  id.field = "id";
  id.kind = FieldArgument::Kind::remember;
  id.variable = "first";
  const Message one{{LayoutPart{"reply", {id}}}, {}};
  const StepAction either = StepRecvEither{{text_message("x"), one}};
  CHECK(messages_of(either).size() == 2);
  CHECK(remembered_names(either) == std::vector<std::string>{"first"});
  CHECK(messages_of(StepRecvMessage{one}).size() == 1);
  CHECK(messages_of(StepSend{one, {}, {}, {}, false}).empty());
}

}  // namespace
}  // namespace wireproof
