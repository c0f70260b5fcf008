#include "judge/offline/one_connection.h"

#include <algorithm>

#include "judge/traffic/traffic.h"
#include "sheet/session/step_traits.h"
#include "sheet/text/problem_code.h"

namespace wireproof {
namespace {

Diagnostic refusal(std::string message, std::optional<Span> span) {
  Diagnostic problem{Severity::error, std::move(message), span, "", {}};
  problem.code = ProblemCode::not_one_connection;
  problem.notes.push_back({"help",
                           "write a sheet of one client that connects once, over TCP, or judge the "
                           "session as a whole: without `--all`"});
  return problem;
}

bool opens(const StepTraits& traits) {
  return traits.makes == ActorKind::socket || traits.makes == ActorKind::program;
}

// The step at which the session is no longer one client's one connection; null: there is none.
const Step* find_other_part(const SessionScript& script) {
  const SessionPlan plan = plan_session(script);
  std::size_t connections = 0;
  for (const PlayedStep& played : plan.steps) {
    const StepTraits traits = step_traits(played.step->action);
    if (traits.serves) return played.step;
    if (opens(traits)) connections += played.actor_count;
    if (connections > 1) return played.step;
  }
  return nullptr;
}

}  // namespace

std::optional<Diagnostic> refuse_each_connection(const Scenario& scenario, bool server_has_tcp) {
  if (scenario.session) {
    if (const Step* const step = find_other_part(*scenario.session)) {
      return refusal("the session is more than one connection of one client", step->span);
    }
  }
  const std::vector<std::string> names = actor_names(scenario);
  if (names.size() > 1) return refusal("the sheet is about several clients", std::nullopt);
  const Transport transport = transport_of(scenario.front, server_has_tcp);
  const bool has_udp = std::ranges::any_of(
      names, [&](const std::string& name) { return uses_udp(transport, name); });
  if (has_udp) return refusal("the sheet is about datagrams, not about connections", std::nullopt);
  return std::nullopt;
}

}  // namespace wireproof
