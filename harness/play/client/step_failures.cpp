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

std::vector<FailedStep> merge_failures(const std::vector<StepFailure>& failures) {
  std::vector<FailedStep> result;
  std::vector<std::uint64_t> done;
  for (const StepFailure& failure : failures) {
    if (std::ranges::find(done, failure.playing) != done.end()) continue;
    done.push_back(failure.playing);
    const std::string& actor = failure.step.actor;
    std::vector<std::string> others;
    for (const StepFailure& other : failures) {
      if (other.playing == failure.playing && other.step.actor != actor) {
        others.push_back(other.step.actor);
      }
    }
    Diagnostic& diagnostic = result.emplace_back(failure.step).diagnostic;
    if (failure.in_group) diagnostic.message = actor + ": " + diagnostic.message;
    if (!others.empty()) diagnostic.notes.push_back({"also failed here", render_others(others)});
  }
  return result;
}

}  // namespace wireproof
