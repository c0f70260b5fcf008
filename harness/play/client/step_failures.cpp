#include "play/client/step_failures.h"

#include <fmt/format.h>

#include <algorithm>

namespace wireproof {
namespace {

constexpr std::size_t kMaxNamedClients = 10;

std::string render_others(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t k = 0; k < std::min(names.size(), kMaxNamedClients); ++k) {
    text += (k == 0 ? "" : ", ") + names[k];
  }
  if (names.size() > kMaxNamedClients) {
    text += fmt::format(" and {} more", names.size() - kMaxNamedClients);
  }
  return text;
}

}  // namespace

Diagnostics merge_failures(const std::vector<StepFailure>& failures) {
  Diagnostics result;
  std::vector<std::uint64_t> done;
  for (const StepFailure& failure : failures) {
    if (std::ranges::find(done, failure.playing) != done.end()) continue;
    done.push_back(failure.playing);
    std::vector<std::string> others;
    for (const StepFailure& other : failures) {
      if (other.playing == failure.playing && other.actor != failure.actor) {
        others.push_back(other.actor);
      }
    }
    Diagnostic diagnostic = failure.diagnostic;
    if (failure.in_group) diagnostic.message = failure.actor + ": " + diagnostic.message;
    if (!others.empty()) diagnostic.notes.push_back({"also failed here", render_others(others)});
    result.push_back(std::move(diagnostic));
  }
  return result;
}

std::vector<FailedStep> merge_facts(const std::vector<StepFailure>& failures) {
  std::vector<FailedStep> result;
  std::vector<std::uint64_t> done;
  for (const StepFailure& failure : failures) {
    if (std::ranges::find(done, failure.playing) != done.end()) continue;
    done.push_back(failure.playing);
    result.push_back(failure.facts);
  }
  return result;
}

}  // namespace wireproof
