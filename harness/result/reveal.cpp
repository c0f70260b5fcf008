#include "result/reveal.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr const char* kNotAsExpected = "what came is not what this hidden test expects";
constexpr const char* kNotJudged = "this hidden test could not be judged";

// Of a row the packet that came in its place, of a message the bytes; not where these differ from
// what was expected.
bool is_observed(const Note& note) {
  const bool is_packet = note.text.find(" > ") != std::string::npos;
  return note.label == "received" || (note.label == "captured" && is_packet);
}

Failure conceal_failure(const Failure& failure) {
  Diagnostic said;
  said.severity = failure.diagnostic.severity;
  said.message = kNotAsExpected;
  for (const Note& note : failure.diagnostic.notes) {
    if (is_observed(note)) said.notes.push_back(note);
  }
  const std::string rendered = render_diagnostic(said, SourceText());
  return {std::move(said), rendered};
}

// What was done, without what it was done with: "alice: recv" of `alice: recv "secret"`.
std::string verb_of(const std::string& step) {
  std::size_t at = 0;
  const auto skip = [&](auto is_part) {
    while (at < step.size() && is_part(step[at])) ++at;
  };
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  skip(is_word);
  if (at < step.size() && step[at] == ':') {
    ++at;
    skip(is_blank);
    skip(is_word);
  }
  return step.substr(0, at);
}

void conceal_step(StepResult& step) {
  step.text = verb_of(step.text);
  if (!step.ok) step.outcome = kNotAsExpected;
}

// Of what was not played, or not judged as the machine cannot, the reason is not about what is
// expected.
std::string conceal_reason(Verdict verdict, const std::string& reason) {
  switch (verdict) {
    case Verdict::pass:
    case Verdict::skip:
    case Verdict::error:
      return reason;
    case Verdict::inconclusive:
      return kNotJudged;
    case Verdict::fail:
    case Verdict::xfail:
    case Verdict::xpass:
    case Verdict::flaky:
      return reason.empty() ? "" : kNotAsExpected;
  }
  return "";
}

void leave_observed(ScenarioResult& result) {
  std::vector<Failure> failures;
  for (const Failure& failure : result.failures) {
    if (failure.diagnostic.severity != Severity::error) continue;
    Failure concealed = conceal_failure(failure);
    if (std::ranges::find(failures, concealed) == failures.end()) {
      failures.push_back(std::move(concealed));
    }
  }
  result.failures = std::move(failures);
  for (StepResult& step : result.steps) conceal_step(step);
  for (PacketLine& packet : result.packets) {
    packet.rows.clear();
    if (packet.remark.mark == PacketMark::unexpected) packet.remark.mark = PacketMark::none;
  }
}

void leave_verdict(ScenarioResult& result) {
  result.failures.clear();
  result.packets.clear();
  result.calls.clear();
  result.call_packets.clear();
  result.steps.clear();
  result.sockets.clear();
  result.server_output.clear();
  result.history.clear();
  for (CheckResult& check : result.checks) {
    check.history.clear();
    check.reason.clear();
  }
}

}  // namespace

void conceal(ScenarioResult& result, Reveal reveal) {
  if (reveal == Reveal::all) return;
  result.reason = conceal_reason(result.verdict, result.reason);
  result.symptoms.clear();
  for (CheckResult& check : result.checks) {
    check.reason = conceal_reason(check.verdict, check.reason);
    check.variants.clear();
    check.call_rows.clear();
    check.packet_rows.clear();
  }
  if (reveal == Reveal::observed) leave_observed(result);
  if (reveal == Reveal::verdict) leave_verdict(result);
}

void conceal(RunResult& run, const std::function<Reveal(const std::string& id)>& reveal_of) {
  for (ScenarioSummary& scenario : run.scenarios) {
    const Reveal reveal = reveal_of(scenario.result.id);
    conceal(scenario.result, reveal);
    if (reveal == Reveal::verdict) scenario.histories.clear();
  }
}

}  // namespace wireproof
