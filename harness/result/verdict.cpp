#include <algorithm>

#include "result/run_result.h"

namespace wireproof {
namespace {

constexpr int kAllPassed = 0;
constexpr int kCheckFailed = 1;
constexpr int kCouldNotRun = 4;
constexpr int kNothingSelected = 5;
constexpr int kInterrupted = 130;

int exit_code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
    case Verdict::skip:
    case Verdict::xfail:
      return kAllPassed;
    case Verdict::fail:
    case Verdict::xpass:
    case Verdict::flaky:
      return kCheckFailed;
    case Verdict::error:
    case Verdict::inconclusive:
      return kCouldNotRun;
  }
  return kCouldNotRun;
}

}  // namespace

std::string render_verdict(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "PASS";
    case Verdict::fail:
      return "FAIL";
    case Verdict::error:
      return "ERROR";
    case Verdict::inconclusive:
      return "INCONCLUSIVE";
    case Verdict::skip:
      return "SKIP";
    case Verdict::xfail:
      return "XFAIL";
    case Verdict::xpass:
      return "XPASS";
    case Verdict::flaky:
      return "FLAKY";
  }
  return "";
}

int exit_code(const RunResult& run) {
  if (run.interrupted) return kInterrupted;
  if (run.scenarios.empty()) return kNothingSelected;
  // A failed check is a finding about the server; it is not hidden by another scenario that could
  // not be run.
  const auto any = [&](int code) {
    return std::ranges::any_of(run.scenarios, [&](const ScenarioSummary& summary) {
      return exit_code_of(summary.result.verdict) == code;
    });
  };
  if (any(kCheckFailed)) return kCheckFailed;
  if (any(kCouldNotRun)) return kCouldNotRun;
  return kAllPassed;
}

}  // namespace wireproof
