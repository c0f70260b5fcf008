#include "report/findings.h"

#include <algorithm>
#include <optional>

namespace wireproof {
namespace {

std::string find_why(const Diagnostic& failure) {
  const auto why = std::ranges::find(failure.notes, "why", &Note::label);
  return why == failure.notes.end() ? "" : why->text;
}

bool has_failed(const ScenarioResult& result) {
  return result.verdict == Verdict::fail || result.verdict == Verdict::flaky;
}

// The index of the message that counts; none where only warnings are left.
std::optional<std::size_t> find_root(const ScenarioResult& result) {
  std::optional<std::size_t> root;
  for (std::size_t index = 0; index < result.failures.size(); ++index) {
    const Diagnostic& failure = result.failures[index];
    if (failure.severity != Severity::error) continue;
    const bool is_better = !root || fundamental_rank(failure.explanation) <
                                        fundamental_rank(result.failures[*root].explanation);
    if (is_better) root = index;
  }
  return root;
}

void add_place(std::vector<Finding>& findings, const ScenarioResult& result, std::size_t root) {
  const Diagnostic& failure = result.failures[root];
  const auto errors = std::ranges::count(result.failures, Severity::error, &Diagnostic::severity);
  FindingPlace place{result.id, result.title, failure.message, "",
                     static_cast<std::size_t>(errors) - 1};
  if (root < result.rendered.size()) place.rendered = result.rendered[root];
  const auto is_same = [&](const Finding& finding) {
    if (finding.explanation != failure.explanation) return false;
    return !failure.explanation.empty() || finding.places.front().message == failure.message;
  };
  auto found = std::ranges::find_if(findings, is_same);
  if (found == findings.end()) {
    findings.push_back({failure.explanation, find_why(failure), {}});
    found = std::prev(findings.end());
  }
  found->places.push_back(std::move(place));
}

}  // namespace

std::vector<Finding> find_findings(const RunResult& run) {
  std::vector<Finding> findings;
  for (const ScenarioSummary& scenario : run.scenarios) {
    if (!has_failed(scenario.result)) continue;
    if (const auto root = find_root(scenario.result)) {
      add_place(findings, scenario.result, *root);
    }
  }
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    const std::size_t rank_a = fundamental_rank(a.explanation);
    const std::size_t rank_b = fundamental_rank(b.explanation);
    return rank_a != rank_b ? rank_a < rank_b : a.places.size() > b.places.size();
  });
  return findings;
}

}  // namespace wireproof
