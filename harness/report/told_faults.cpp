#include "report/told_faults.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/findings.h"
#include "result/contradiction.h"

namespace wireproof {
namespace {

ToldFault tell_fault(const TrialOutcome& outcome, const Signatures& known) {
  ToldFault told{outcome.trial, {}};
  for (const Finding& finding : find_findings(outcome.results, known)) {
    auto& thing = told.things.emplace_back(1, finding.explanation);
    thing.insert(thing.end(), finding.twins.begin(), finding.twins.end());
  }
  return told;
}

std::string name_thing(const std::vector<ExplanationId>& thing) {
  std::string text;
  for (const ExplanationId id : thing) {
    if (!text.empty()) text += " or ";
    text += id == ExplanationId::none ? "no known cause" : explanation_name(id);
  }
  return text;
}

std::string name_things(const ToldFault& told) {
  if (told.things.empty()) return "nothing";
  std::string text;
  for (const auto& thing : told.things) {
    if (!text.empty()) text += ", then ";
    text += name_thing(thing);
  }
  return text;
}

}  // namespace

std::vector<ToldFault> tell_faults(const std::vector<TrialOutcome>& outcomes,
                                   const std::map<std::string, Signatures>& recorded) {
  std::vector<ToldFault> all;
  for (const TrialOutcome& outcome : outcomes) {
    if (outcome.results.empty()) continue;
    const auto known = recorded.find(outcome.trial.server);
    all.push_back(tell_fault(outcome, known == recorded.end() ? Signatures() : known->second));
  }
  return all;
}

bool is_told(const ToldFault& told) {
  if (told.trial.explanation == ExplanationId::none) return true;  // any cause will do
  if (told.things.empty()) return false;
  return std::ranges::any_of(told.things.front(), [&](ExplanationId id) {
    return id != ExplanationId::none &&
           (id == told.trial.explanation || id == told.trial.other_explanation);
  });
}

std::string render_told(const std::vector<ToldFault>& all) {
  std::string text;
  for (const ToldFault& told : all) {
    if (is_told(told)) continue;
    text += fmt::format("{} {} is told as: {}\n", told.trial.server, told.trial.name,
                        name_things(told));
  }
  const auto count = std::ranges::count_if(all, is_told);
  return text + fmt::format("{} of {} are told first as what they are\n", count, all.size());
}

std::string render_contradictions(const std::vector<TrialOutcome>& outcomes) {
  std::string text;
  for (const TrialOutcome& outcome : outcomes) {
    for (const ScenarioResult& result : outcome.results) {
      for (const auto& [one, other] : find_contradictions(result)) {
        text += fmt::format("{} {} in {} is told as {} and as {}\n", outcome.trial.server,
                            outcome.trial.name, result.id, explanation_name(one),
                            explanation_name(other));
      }
    }
  }
  return text;
}

}  // namespace wireproof
