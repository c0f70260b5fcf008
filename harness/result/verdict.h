#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace wireproof {

// What came of a check, of a sheet, of a program.
enum class Verdict : std::uint8_t { pass, fail, error, inconclusive, skip, xfail, xpass, flaky };

// What the program returns.
constexpr int kExitPassed = 0;
constexpr int kExitCheckFailed = 1;
constexpr int kExitUsage = 2;        // the command line is wrong
constexpr int kExitSheetWrong = 3;   // a sheet does not parse; nothing was run
constexpr int kExitCouldNotRun = 4;  // the system refused, or the evidence is unsound
constexpr int kExitNothingSelected = 5;
constexpr int kExitInterrupted = 130;

struct VerdictTraits {
  std::string_view word;
  int badness = 0;  // 0: the best; what the user must look at first has the highest
  int exit_code = kExitPassed;
  bool good = false;  // nothing for the user to look at
};

constexpr VerdictTraits traits_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return {"PASS", 0, kExitPassed, true};
    case Verdict::xfail:
      return {"XFAIL", 1, kExitPassed, true};
    case Verdict::skip:
      return {"SKIP", 2, kExitPassed, true};
    case Verdict::inconclusive:
      return {"INCONCLUSIVE", 3, kExitCouldNotRun, false};
    case Verdict::xpass:
      return {"XPASS", 4, kExitCheckFailed, false};
    case Verdict::flaky:
      return {"FLAKY", 5, kExitCheckFailed, false};
    case Verdict::fail:
      return {"FAIL", 6, kExitCheckFailed, false};
    case Verdict::error:
      break;
  }
  return {"ERROR", 7, kExitCouldNotRun, false};
}

// By which the worst of several is chosen: what is found is not hidden by what could not be run.
constexpr std::pair<bool, int> badness_of(Verdict verdict) {
  const VerdictTraits traits = traits_of(verdict);
  return {traits.exit_code == kExitCheckFailed, traits.badness};
}

inline std::string render_verdict(Verdict verdict) {
  return std::string(traits_of(verdict).word);
}

constexpr bool is_good(Verdict verdict) {
  return traits_of(verdict).good;
}

// What the machine could not give to any sheet of a run. It is said once, not of each sheet.
enum class RunLimit : std::uint8_t {
  shared_loopback,           // no network of its own for each sheet, but addresses
  no_capture,                // packets are not judged
  no_tracing,                // the calls of programs are not judged
  reduced_sandbox,           // programs under test run without namespaces around them,
  sandbox_same_user,         // and as the user who started the run,
  sandbox_without_landlock,  // or may write wherever everybody may
};

}  // namespace wireproof
