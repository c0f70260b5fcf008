#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

// The step reads one message of the server.
StepTraits reply() {
  return {.goal = StepGoal::message,
          .needs = ActorKind::socket,
          .judged = Judged::packets,
          .takes_reply = true};
}

StepGoal server_goal(ServerAction action) {
  switch (action) {
    case ServerAction::restart:
      return StepGoal::server_restart;
    case ServerAction::alive:
      return StepGoal::server_alive;
    case ServerAction::idle:
      return StepGoal::server_idle;
    case ServerAction::stop:
      return StepGoal::other;
  }
  return StepGoal::other;
}

// A kind without a line here does not compile.
struct TraitsOf {
  StepTraits operator()(const StepConnect&) const {
    return {.goal = StepGoal::connect, .makes = ActorKind::socket};
  }
  StepTraits operator()(const StepSend& step) const {
    return {.goal = StepGoal::send,
            .needs = ActorKind::socket,
            .sends = &step.message,
            .in_pieces = step.piece_size.has_value() || !step.split_after.empty(),
            .from_another_port = step.from_another_port};
  }
  StepTraits operator()(const StepRecvMessage& step) const {
    StepTraits traits = reply();
    traits.expects = &step.message;
    traits.from_another_port = step.from_another_port;
    return traits;
  }
  // Which of them is wanted is not known before.
  StepTraits operator()(const StepRecvEither& step) const {
    StepTraits traits = reply();
    traits.from_another_port = step.from_another_port;
    return traits;
  }
  StepTraits operator()(const StepRecvCount& step) const {
    StepTraits traits = reply();
    traits.reply_size = step.count;
    return traits;
  }
  StepTraits operator()(const StepRecvUntil&) const { return reply(); }
  StepTraits operator()(const StepRecvPattern&) const { return reply(); }
  StepTraits operator()(const StepRecvEof&) const {
    return {.goal = StepGoal::end, .needs = ActorKind::socket, .judged = Judged::packets};
  }
  StepTraits operator()(const StepRecvReset&) const {
    return {.goal = StepGoal::reset, .needs = ActorKind::socket, .judged = Judged::packets};
  }
  StepTraits operator()(const StepRecvNothing& step) const {
    return {.goal = StepGoal::silence,
            .needs = ActorKind::socket,
            .judged = Judged::live,
            .lasts = step.duration};
  }
  StepTraits operator()(const StepShutdown&) const {
    return {.needs = ActorKind::socket, .closes = true};
  }
  StepTraits operator()(const StepClose&) const {
    return {.needs = ActorKind::socket, .closes = true};
  }
  StepTraits operator()(const StepAbort&) const {
    return {.needs = ActorKind::socket};  // its RST is no FIN
  }
  // It stands behind the connect that it is about, which may be of UDP and open.
  StepTraits operator()(const StepRefused&) const {
    return {.goal = StepGoal::refusal, .makes = ActorKind::socket, .judged = Judged::packets};
  }
  StepTraits operator()(const StepListen&) const {
    return {.makes = ActorKind::listener, .serves = true};
  }
  // Who listens is the step's to say: it need not be its actor.
  StepTraits operator()(const StepAccept&) const {
    return {.goal = StepGoal::accept,
            .makes = ActorKind::socket,
            .judged = Judged::packets,
            .serves = true};
  }
  StepTraits operator()(const StepRefuse&) const {
    return {.needs = ActorKind::listener, .serves = true};
  }
  StepTraits operator()(const StepWait& step) const { return {.lasts = step.duration}; }
  StepTraits operator()(const StepSockets&) const { return {.judged = Judged::live}; }
  StepTraits operator()(const StepNote&) const { return {}; }
  StepTraits operator()(const StepRun&) const { return {.makes = ActorKind::program}; }
  StepTraits operator()(const StepType&) const { return {.needs = ActorKind::program}; }
  StepTraits operator()(const StepPrints&) const {
    return {.goal = StepGoal::program_output, .needs = ActorKind::program, .judged = Judged::live};
  }
  StepTraits operator()(const StepExits&) const {
    return {.goal = StepGoal::program_end, .needs = ActorKind::program, .judged = Judged::live};
  }
  StepTraits operator()(const StepServer& step) const {
    return {.goal = server_goal(step.action), .judged = Judged::live};
  }
  StepTraits operator()(const StepRepeat&) const { return {}; }
};

}  // namespace

StepTraits step_traits(const StepAction& action) {
  return std::visit(TraitsOf{}, action);
}

std::vector<const Message*> messages_of(const StepAction& action) {
  std::vector<const Message*> messages;
  if (const auto* const either = std::get_if<StepRecvEither>(&action)) {
    for (const Message& one : either->messages) messages.push_back(&one);
  } else if (const Message* const expected = step_traits(action).expects) {
    messages.push_back(expected);
  }
  return messages;
}

std::vector<std::string> remembered_names(const StepAction& action) {
  std::vector<std::string> names;
  for (const Message* const message : messages_of(action)) {
    for (const MessagePart& part : message->parts) {
      const auto* const arguments = arguments_of(part);
      if (arguments == nullptr) continue;
      for (const FieldArgument& argument : *arguments) {
        if (argument.kind == FieldArgument::Kind::remember) names.push_back(argument.variable);
      }
    }
  }
  return names;
}

}  // namespace wireproof
