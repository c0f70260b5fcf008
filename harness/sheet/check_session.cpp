#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "expect/payload/layout.h"
#include "sheet/check.h"
#include "sheet/session/step_walk.h"

namespace wireproof {
namespace {

// What an actor is, so far.
enum class ActorState : std::uint8_t { unborn, connected, program };

class SessionChecker {
 public:
  SessionChecker(const SessionScript& session, const LayoutSet& layouts, Problems& problems)
      : session_(session), layouts_(layouts), problems_(problems) {}

  void check() {
    visit_steps(session_.steps, [this](const Step& step) { check_step(step); });
  }

 private:
  ActorState state(const std::string& actor) const {
    const auto own = states_.find(actor);
    const bool member = session_.group_size > 0 && is_member(actor);
    if (own == states_.end()) {
      const auto group = states_.find("each");
      return member && group != states_.end() ? group->second : ActorState::unborn;
    }
    return own->second;
  }

  bool is_member(const std::string& actor) const {
    const auto end = session_.actors.begin() + static_cast<std::ptrdiff_t>(session_.group_size);
    return std::find(session_.actors.begin(), end, actor) != end;
  }

  // A step on the group needs that the group, or at least one of its clients, can do it.
  bool is_in(const std::string& actor, ActorState wanted) const {
    if (state(actor) == wanted) return true;
    return actor == "each" && std::ranges::any_of(session_.actors, [&](const std::string& name) {
             return state(name) == wanted;
           });
  }

  void check_step(const Step& step) {
    const StepAction& action = step.action;
    if (std::holds_alternative<StepConnect>(action)) states_[step.actor] = ActorState::connected;
    if (std::holds_alternative<StepRefused>(action)) states_[step.actor] = ActorState::connected;
    if (std::holds_alternative<StepRun>(action)) states_[step.actor] = ActorState::program;
    if (needs_connection(action) && !is_in(step.actor, ActorState::connected)) {
      problems_.error(step.span, fmt::format("`{}` is not connected yet", step.actor),
                      "a `connect` step comes first");
    }
    if (needs_program(action) && !is_in(step.actor, ActorState::program)) {
      problems_.error(step.span, fmt::format("`{}` is no program", step.actor),
                      "a `run \"COMMAND\"` step comes first");
    }
    if (const auto* const send = std::get_if<StepSend>(&action)) {
      check_send(send->message, step.span);
    }
    if (const auto* const recv = std::get_if<StepRecvMessage>(&action)) {
      check_variables(recv->message, step.span);
    }
  }

  static bool needs_connection(const StepAction& action) {
    return std::holds_alternative<StepSend>(action) ||
           std::holds_alternative<StepRecvMessage>(action) ||
           std::holds_alternative<StepRecvCount>(action) ||
           std::holds_alternative<StepRecvUntil>(action) ||
           std::holds_alternative<StepRecvPattern>(action) ||
           std::holds_alternative<StepRecvEof>(action) ||
           std::holds_alternative<StepRecvReset>(action) ||
           std::holds_alternative<StepRecvNothing>(action) ||
           std::holds_alternative<StepShutdown>(action) ||
           std::holds_alternative<StepClose>(action) || std::holds_alternative<StepAbort>(action);
  }

  static bool needs_program(const StepAction& action) {
    return std::holds_alternative<StepType>(action) || std::holds_alternative<StepPrints>(action) ||
           std::holds_alternative<StepExits>(action);
  }

  void use_variable(const std::string& name, Span span) {
    if (variables_.contains(name)) return;
    problems_.error(span, fmt::format("nothing was remembered as `{}`", name),
                    suggest_name(name, {variable_list_.data(), variable_list_.size()}));
  }

  // False when a value is known only while the session runs.
  bool check_variables(const Message& message, Span span) {
    bool known = true;
    for (const MessagePart& part : message.parts) {
      if (const auto* const variable = std::get_if<VariablePart>(&part)) {
        use_variable(variable->variable, span);
        known = false;
      }
      const auto* const layout = std::get_if<LayoutPart>(&part);
      if (layout == nullptr) continue;
      for (const FieldArgument& argument : layout->arguments) {
        if (argument.kind == FieldArgument::Kind::recall) {
          use_variable(argument.variable, argument.span);
          known = false;
        } else if (argument.kind == FieldArgument::Kind::remember &&
                   variables_.insert(argument.variable).second) {
          variable_list_.push_back(argument.variable);
        }
      }
    }
    return known;
  }

  void check_send(const Message& message, Span span) {
    if (!check_variables(message, span) || problems_.has_errors()) return;
    const Variables variables{{"n", "1"}, {"i", "1"}, {"host", "127.0.0.1"}, {"port", "1"}};
    const auto encoded = encode_message(message, layouts_, variables);
    if (!encoded) problems_.error(message.span, encoded.error());
  }

  const SessionScript& session_;
  const LayoutSet& layouts_;
  Problems& problems_;
  std::map<std::string, ActorState> states_;
  std::set<std::string> variables_;
  std::vector<std::string> variable_list_;
};

}  // namespace

void check_session(const SessionScript& session, const LayoutSet& layouts, Problems& problems) {
  SessionChecker(session, layouts, problems).check();
}

}  // namespace wireproof
