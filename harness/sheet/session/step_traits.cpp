#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

StepTraits on_socket(StepGoal goal, Judged judged) {
  StepTraits traits;
  traits.goal = goal;
  traits.needs = ActorKind::socket;
  traits.judged = judged;
  return traits;
}

StepTraits on_program(StepGoal goal, Judged judged) {
  StepTraits traits;
  traits.goal = goal;
  traits.needs = ActorKind::program;
  traits.judged = judged;
  return traits;
}

StepTraits makes(ActorKind kind, StepGoal goal, Judged judged) {
  StepTraits traits;
  traits.goal = goal;
  traits.makes = kind;
  traits.judged = judged;
  return traits;
}

StepTraits reply() {
  StepTraits traits = on_socket(StepGoal::message, Judged::packets);
  traits.takes_reply = true;
  return traits;
}

StepTraits closing() {
  StepTraits traits = on_socket(StepGoal::other, Judged::nothing);
  traits.closes = true;
  return traits;
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
    return makes(ActorKind::socket, StepGoal::connect, Judged::nothing);
  }
  StepTraits operator()(const StepSend& step) const {
    StepTraits traits = on_socket(StepGoal::send, Judged::nothing);
    traits.sends = &step.message;
    traits.in_pieces = step.piece_size.has_value() || !step.split_after.empty();
    return traits;
  }
  StepTraits operator()(const StepRecvMessage& step) const {
    StepTraits traits = reply();
    traits.expects = &step.message;
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
    return on_socket(StepGoal::end, Judged::packets);
  }
  StepTraits operator()(const StepRecvReset&) const {
    return on_socket(StepGoal::reset, Judged::packets);
  }
  StepTraits operator()(const StepRecvNothing& step) const {
    StepTraits traits = on_socket(StepGoal::silence, Judged::live);
    traits.lasts = step.duration;
    return traits;
  }
  StepTraits operator()(const StepShutdown&) const { return closing(); }
  StepTraits operator()(const StepClose&) const { return closing(); }
  StepTraits operator()(const StepAbort&) const {
    return on_socket(StepGoal::other, Judged::nothing);  // its RST is no FIN
  }
  // It stands behind the connect that it is about, which may be of UDP and open.
  StepTraits operator()(const StepRefused&) const {
    return makes(ActorKind::socket, StepGoal::refusal, Judged::packets);
  }
  StepTraits operator()(const StepWait& step) const {
    StepTraits traits;
    traits.lasts = step.duration;
    return traits;
  }
  StepTraits operator()(const StepSockets&) const {
    return makes(ActorKind::none, StepGoal::other, Judged::live);
  }
  StepTraits operator()(const StepRun&) const {
    return makes(ActorKind::program, StepGoal::other, Judged::nothing);
  }
  StepTraits operator()(const StepType&) const {
    return on_program(StepGoal::other, Judged::nothing);
  }
  StepTraits operator()(const StepPrints&) const {
    return on_program(StepGoal::program_output, Judged::live);
  }
  StepTraits operator()(const StepExits&) const {
    return on_program(StepGoal::program_end, Judged::live);
  }
  StepTraits operator()(const StepServer& step) const {
    return makes(ActorKind::none, server_goal(step.action), Judged::live);
  }
  StepTraits operator()(const StepRepeat&) const { return {}; }
};

}  // namespace

StepTraits step_traits(const StepAction& action) {
  return std::visit(TraitsOf{}, action);
}

}  // namespace wireproof
