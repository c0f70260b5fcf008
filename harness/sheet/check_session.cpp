#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "expect/payload/layout.h"
#include "sheet/scenario.h"
#include "sheet/session/session_plan.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

class SessionChecker {
 public:
  SessionChecker(const SessionScript& session, const LayoutSet& layouts, Problems& problems)
      : session_(session), layouts_(layouts), problems_(problems) {
    for (const SheetActor& actor : session_actors(session)) {
      if (actor.in_group) members_.insert(actor.name);
    }
  }

  void check() {
    visit_steps(session_.steps, [this](const Step& step) { check_step(step); });
    if (problems_.has_errors() || !plan_session(session_).cut) return;
    problems_.error(session_.span, fmt::format("the session plays more than {} steps, each "
                                               "repetition counted",
                                               kMaxPlayedSteps));
  }

 private:
  // What an actor is, so far.
  ActorKind kind_of(const std::string& actor) const {
    const auto own = kinds_.find(actor);
    if (own != kinds_.end()) return own->second;
    const auto group = kinds_.find("each");
    return group != kinds_.end() && members_.contains(actor) ? group->second : ActorKind::none;
  }

  // A step on the group needs that the group, or at least one of its clients, can do it.
  bool is_a(const std::string& actor, ActorKind wanted) const {
    if (kind_of(actor) == wanted) return true;
    return actor == "each" && std::ranges::any_of(members_, [&](const std::string& name) {
             return kind_of(name) == wanted;
           });
  }

  void check_step(const Step& step) {
    const StepTraits traits = step_traits(step.action);
    if (traits.makes != ActorKind::none) kinds_[step.actor] = traits.makes;
    if (traits.needs == ActorKind::socket && !is_a(step.actor, ActorKind::socket)) {
      problems_.error(step.span, fmt::format("`{}` is not connected yet", step.actor),
                      "a `connect` step comes first");
    }
    if (traits.needs == ActorKind::program && !is_a(step.actor, ActorKind::program)) {
      problems_.error(step.span, fmt::format("`{}` is no program", step.actor),
                      "a `run \"COMMAND\"` step comes first");
    }
    if (traits.sends != nullptr) check_send(*traits.sends, step.span);
    if (traits.expects != nullptr) check_variables(*traits.expects, step.span);
  }

  void use_variable(const std::string& name, Span span) {
    if (std::ranges::find(variables_, name) != variables_.end()) return;
    problems_.error(span, fmt::format("nothing was remembered as `{}`", name),
                    suggest_name(name, variables_));
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
        } else if (argument.kind == FieldArgument::Kind::remember) {
          add_once(variables_, argument.variable);
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
  std::set<std::string> members_;  // of the group
  std::map<std::string, ActorKind> kinds_;
  std::vector<std::string> variables_;  // remembered so far
};

}  // namespace

void check_session(const SessionScript& session, const LayoutSet& layouts, Problems& problems) {
  SessionChecker(session, layouts, problems).check();
}

}  // namespace wireproof
