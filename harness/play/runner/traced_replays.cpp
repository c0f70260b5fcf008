#include "play/runner/traced_replays.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "expect/cause/call_facts.h"
#include "result/explanation.h"

namespace wireproof {
namespace {

using enum ExplanationId;

// What is inferred from packets alone, and may be otherwise.
constexpr ExplanationId kUnseen[] = {
    none,       waits_for_end,      never_read,      one_recv,      short_reply,
    lost_reply, truncated_datagram, empty_datagram,  reset_unread,  closed_before_reply,
    close_wait, never_closed,       half_close_deaf, newest_client, died_on_input,
    thread_died};

// The message without its numbers, which differ from sheet to sheet.
std::string kind_of_message(const Diagnostic& failure) {
  std::string kind;
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
  const bool is_inferred = std::ranges::find(kUnseen, failure.explanation) != std::end(kUnseen);
  return is_inferred &&
         kinds.insert(std::string(explanation_name(failure.explanation)) + kind_of_message(failure))
             .second;
}

ScenarioResult choose_told(ScenarioResult first, ScenarioResult traced) {
  const bool is_same = traced.verdict == Verdict::fail && !traced.failures.empty() &&
                       std::ranges::any_of(first.failures, [&](const Failure& failure) {
                         return kind_of_message(failure.diagnostic) ==
                                kind_of_message(traced.failures.front().diagnostic);
                       });
  std::error_code failed;
  const std::filesystem::path kept = traced.capture_file;
  if (!is_same) {
    if (!kept.empty()) std::filesystem::remove(kept, failed);
    return first;
  }
  traced.replays = first.replays;
  if (!kept.empty() && !first.capture_file.empty()) {
    std::filesystem::rename(kept, first.capture_file, failed);
    if (!failed) traced.capture_file = first.capture_file;
  }
  return traced;
}

}  // namespace wireproof
