#include "sheet/session_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "sheet/session/session_plan.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

// The session alone: each step's actor can do it, names are remembered before they are used,
// messages can be encoded.
class SessionChecker {
 public:
  SessionChecker(const Scenario& scenario, Problems& problems)
      : session_(*scenario.session),
        layouts_(scenario.layouts),
        problems_(problems),
        has_server_(has_server(scenario.front)),
        transport_(scenario.front.transport),
        is_of_known_server_(!scenario.front.server.empty()),
        listening_(listening_actors(session_, scenario.front.transport)),
        serving_(serving_actors(session_)) {
    const SessionScript& session = session_;
    for (const SheetActor& actor : session_actors(session)) {
      if (actor.in_group) members_.insert(actor.name);
    }
  }

  void check() {
    visit_steps(session_.steps, [this](const Step& step) { check_step(step); });
    check_count();
  }

 private:
  // At the step that is too much, before anything is unfolded.
  void check_count() {
    std::size_t count = 0;
    for (const Step& step : session_.steps) {
      count += count_played_steps({&step, 1});
      if (count <= kMaxPlayedSteps) continue;
      problems_.error(ProblemCode::too_many_steps, step.span,
                      fmt::format("the session plays more than {} steps, each "
                                  "repetition counted",
                                  kMaxPlayedSteps));
      return;
    }
  }

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
    check_part(step, traits);
    if (traits.from_another_port) check_other_port(step, traits);
    check_socket_options(step);
    if (traits.makes != ActorKind::none) kinds_[step.actor] = traits.makes;
    if (traits.needs == ActorKind::socket && !is_a(step.actor, ActorKind::socket)) {
      problems_.error(
          ProblemCode::not_connected, step.span,
          fmt::format("`{}` is not connected yet", step.actor),
          is_serving(step.actor) ? "an `accept` step comes first" : "a `connect` step comes first");
    }
    if (traits.needs == ActorKind::program && !is_a(step.actor, ActorKind::program)) {
      problems_.error(ProblemCode::no_program, step.span,
                      fmt::format("`{}` is no program", step.actor),
                      "a `run \"COMMAND\"` step comes first");
    }
    const bool ends = std::holds_alternative<StepClose>(step.action) ||
                      std::holds_alternative<StepAbort>(step.action);
    if (ends && listens_.contains(step.actor)) kinds_[step.actor] = ActorKind::listener;
    if (traits.sends != nullptr) check_send(*traits.sends, step.span);
    check_messages(messages_of(step.action), step.span);
  }

  bool is_serving(const std::string& actor) const {
    return std::ranges::find(serving_, actor) != serving_.end();
  }

  // The server's part: who listens, who takes connections from whom.
  void check_part(const Step& step, const StepTraits& traits) {
    if (step.actor == kServerName && !has_server_) {
      problems_.error(ProblemCode::no_server, step.span, "the sheet has no server",
                      "its actors play that part; `server: NAME` or `command: …` starts one");
    }
    if (traits.makes == ActorKind::listener) check_listen(step, std::get<StepListen>(step.action));
    if (traits.goal == StepGoal::accept) check_accept(step, std::get<StepAccept>(step.action));
    if (traits.needs == ActorKind::listener) check_refuse(step);
    const bool opens_client =
        !traits.serves && traits.makes != ActorKind::none && is_serving(step.actor);
    if (opens_client) {
      problems_.error(ProblemCode::both_parts, step.span,
                      fmt::format("`{}` plays the server's part", step.actor),
                      "another actor is its client");
    }
  }

  // Of one end alone the port is the other's business: a client has one for all that it sends.
  void check_other_port(const Step& step, const StepTraits& traits) {
    if (!is_udp(step.actor)) {
      problems_.error(ProblemCode::another_port, step.span,
                      fmt::format("`{}` does not use UDP: a connection has one port", step.actor),
                      "of TCP another connection is another actor's");
    } else if (is_serving(step.actor) != (traits.sends != nullptr)) {
      problems_.error(ProblemCode::another_port, step.span,
                      is_serving(step.actor)
                          ? "who plays the server's part is asked at its own port"
                          : fmt::format("`{}` is the client: it has one port", step.actor),
                      "the server answers from another port: `recv MESSAGE from another port`, and "
                      "`send MESSAGE from another port` of an actor that listens");
    }
  }

  void check_socket_options(const Step& step) {
    const auto* const connect = std::get_if<StepConnect>(&step.action);
    if (connect == nullptr || !transport_ || !is_udp(step.actor)) return;
    for (const SocketOptionValue& each : connect->options) {
      if (each.option->level != IPPROTO_TCP) continue;
      problems_.error(ProblemCode::socket_option, step.span,
                      fmt::format("`{}` uses UDP, which has no {}", step.actor, each.option->name),
                      "SO_RCVBUF and SO_SNDBUF are options of both transports");
    }
  }

  bool is_udp(const std::string& actor) const {
    const auto listens = std::ranges::find(listening_, actor, &ListeningActor::name);
    if (listens != listening_.end()) return !listens->tcp;
    return transport_ ? uses_udp(*transport_, actor) : is_of_known_server_;
  }

  void check_listen(const Step& step, const StepListen& listen) {
    if (step.actor == kGroupName) {
      problems_.error(ProblemCode::both_parts, step.span,
                      "a group cannot listen: a port has one listener",
                      "one actor listens, the group says `accept from` that one");
      return;
    }
    const auto own = std::ranges::find(listening_, step.actor, &ListeningActor::name);
    for (const ListeningActor& other : listening_) {
      const bool same = other.port == listen.port && own != listening_.end() &&
                        other.tcp == own->tcp && other.name != step.actor;
      if (!same || !listens_.contains(other.name)) continue;
      problems_.error(ProblemCode::second_listener, step.span,
                      fmt::format("`{}` listens on port {} already", other.name, listen.port),
                      fmt::format("a port has one listener: `accept from {}` takes a further "
                                  "connection from it",
                                  other.name));
    }
    if (own != listening_.end() && own->port != listen.port) {
      problems_.error(ProblemCode::second_listener, step.span,
                      fmt::format("`{}` listens on port {}", own->name, own->port),
                      "an actor has one port: let another one listen on this");
    } else if (!listens_.insert(step.actor).second) {
      problems_.error(ProblemCode::second_listener, step.span,
                      fmt::format("`{}` listens already", step.actor));
    }
  }

  void check_accept(const Step& step, const StepAccept& accept) {
    const std::string& listener = accept.from.empty() ? step.actor : accept.from;
    if (listens_.contains(listener)) return;
    problems_.error(ProblemCode::not_listening, step.span,
                    fmt::format("`{}` does not listen", listener),
                    fmt::format("a step `{}: listen PORT` comes first", listener));
  }

  void check_refuse(const Step& step) {
    if (!listens_.contains(step.actor)) {
      problems_.error(ProblemCode::not_listening, step.span,
                      fmt::format("`{}` does not listen", step.actor),
                      fmt::format("a step `{}: listen PORT` comes first", step.actor));
    } else if (kind_of(step.actor) == ActorKind::socket) {
      problems_.error(
          ProblemCode::not_listening, step.span,
          fmt::format("`{}` has accepted a connection: it is too late to refuse", step.actor),
          "`refuse` stands in the place of `accept`, or behind the `close`");
    } else {
      listens_.erase(step.actor);
    }
  }

  void use_variable(const std::string& name, Span span) {
    if (std::ranges::find(variables_, name) != variables_.end()) return;
    problems_.error(ProblemCode::unknown_variable, span,
                    fmt::format("nothing was remembered as `{}`", name),
                    suggest_name(name, variables_));
  }

  // Of several only what all of them keep is known behind them.
  void check_messages(const std::vector<const Message*>& messages, Span span) {
    const std::vector<std::string> before = variables_;
    std::vector<std::string> kept;
    for (const Message* const message : messages) {
      variables_ = before;
      check_variables(*message, span);
      if (message == messages.front()) kept = variables_;
      std::erase_if(kept, [this](const std::string& name) {
        return std::ranges::find(variables_, name) == variables_.end();
      });
    }
    if (!messages.empty()) variables_ = kept;
    check_beginnings(messages);
  }

  // Which of two that begin alike has come would be a matter of how TCP cuts it.
  void check_beginnings(const std::vector<const Message*>& messages) {
    std::vector<Bytes> known;
    for (const Message* const message : messages) {
      const auto encoded = encode_message(*message, layouts_, sample_variables());
      if (!encoded) continue;
      const std::string_view bytes = as_text(encoded->bytes);
      for (const Bytes& other : known) {
        if (!bytes.starts_with(as_text(other)) && !as_text(other).starts_with(bytes)) continue;
        problems_.error(ProblemCode::alike_messages, message->span,
                        "one of the messages is the beginning of another",
                        "`recv /regex/` takes what comes up to a match");
        return;
      }
      known.push_back(encoded->bytes);
    }
  }

  static Variables sample_variables() {
    return {{"n", "1"}, {"i", "1"}, {"host", "127.0.0.1"}, {"port", "1"}};
  }

  // False when a value is known only while the session runs.
  bool check_variables(const Message& message, Span span) {
    bool known = true;
    for (const MessagePart& part : message.parts) {
      if (const auto* const variable = std::get_if<VariablePart>(&part)) {
        use_variable(variable->variable, span);
        known = false;
      }
      const auto* const arguments = arguments_of(part);
      if (arguments == nullptr) continue;
      for (const FieldArgument& argument : *arguments) {
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
    const auto encoded = encode_message(message, layouts_, sample_variables());
    if (!encoded) problems_.error(ProblemCode::unencodable_message, message.span, encoded.error());
  }

  const SessionScript& session_;
  const LayoutSet& layouts_;
  Problems& problems_;
  bool has_server_;
  std::optional<Transport> transport_;  // none: the server's; of a command TCP
  bool is_of_known_server_;
  std::vector<ListeningActor> listening_;
  std::vector<std::string> serving_;
  std::set<std::string> listens_;  // who does so far
  std::set<std::string> members_;  // of the group
  std::map<std::string, ActorKind> kinds_;
  std::vector<std::string> variables_;  // remembered so far
};

}  // namespace

void check_session(const Scenario& scenario, Problems& problems) {
  SessionChecker(scenario, problems).check();
}

}  // namespace wireproof
