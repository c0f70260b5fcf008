#include "play/runner/traced_replays.h"

#include <algorithm>
#include <iterator>

#include "expect/cause/call_facts.h"

namespace wireproof {
namespace {

using enum ExplanationId;

// What is inferred from packets alone, and may be otherwise.
constexpr ExplanationId kInferred[] = {
    none,       waits_for_end,      never_read,      one_recv,      short_reply,
    lost_reply, truncated_datagram, empty_datagram,  reset_unread,  closed_before_reply,
    close_wait, never_closed,       half_close_deaf, newest_client, died_on_input,
    thread_died};

// The message without its numbers, which differ from sheet to sheet.
std::string kind_of_failure(const Diagnostic& failure) {
  std::string kind(explanation_name(failure.explanation));
  std::ranges::copy_if(failure.message, std::back_inserter(kind),
                       [](char letter) { return letter < '0' || letter > '9'; });
  return kind;
}

}  // namespace

bool TracedReplays::wants(const ScenarioResult& result, const std::filesystem::path& program) {
  if (result.verdict != Verdict::fail || result.failures.empty()) return false;
  std::set<std::string>& kinds = kinds_[program];
  if (kinds.size() == kMostTraced || std::ranges::any_of(result.calls, is_traced)) return false;
  const Diagnostic& failure = result.failures.front().diagnostic;
  const bool is_inferred = std::ranges::find(kInferred, failure.explanation) != std::end(kInferred);
  return is_inferred && kinds.insert(kind_of_failure(failure)).second;
}

ScenarioResult choose_told(ScenarioResult first, ScenarioResult traced) {
  if (traced.verdict != Verdict::fail) return first;
  traced.replays = first.replays;
  return traced;
}

}  // namespace wireproof
