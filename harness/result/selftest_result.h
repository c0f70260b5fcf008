#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "result/explanation.h"
#include "result/run_result.h"

namespace wireproof {

// The suite proved: a server with a fault must make one of its sheets fail for the right reason, a
// server that is right in another way must not.

enum class TrialKind : std::uint8_t { correct, fault, variant };

// A reference server as it is for once.
struct Trial {
  std::string server;
  TrialKind kind = TrialKind::correct;
  std::string name;                                 // of the fault or the variant
  std::map<std::string, std::string> parameters;    // that make the server so
  ExplanationId explanation = ExplanationId::none;  // of a fault: the one that must be given
  // What sheets take part: not those that have another value of one of these.
  std::map<std::string, std::string> form = {};
  // Of a second fault that the server has besides; none: it has one.
  ExplanationId other_explanation = ExplanationId::none;

  bool operator==(const Trial&) const = default;
};

// What one sheet said in a trial.
struct TrialSheet {
  std::string id;
  Verdict verdict = Verdict::error;
  std::string reason;
  std::vector<ExplanationId> explanations;  // given, in the order of the failures; never none
  std::uint64_t replays = 0;                // before this verdict
  std::optional<Symptom> symptom = {};      // the first; none where nothing failed

  bool operator==(const TrialSheet&) const = default;
};

// In words of mutation testing: a fault is caught or survives.
enum class TrialVerdict : std::uint8_t {
  caught,       // a sheet failed with the explanation that the fault has
  unexplained,  // sheets failed, none of them with it
  survived,     // no sheet failed
  clean,        // nothing is wrong, and no sheet says so
  flagged,      // nothing is wrong, and a sheet says otherwise
  unjudged,     // a sheet of it could not be played, or none is there
};

struct TrialOutcome {
  Trial trial;
  std::vector<TrialSheet> sheets;  // by id
  // Of a fault that was played to the end what each sheet left behind, without its evidence.
  std::vector<ScenarioResult> results = {};

  bool operator==(const TrialOutcome&) const = default;
};

TrialVerdict judge_trial(const TrialOutcome& outcome);
// Whether it proves the suite right.
bool proves_suite(TrialVerdict verdict);

// Sheets that caught a fault with its explanation, flagged what is right, or could not be judged:
// those that made the verdict.
std::vector<const TrialSheet*> telling_sheets(const TrialOutcome& outcome);

// Whether the sheet failed with the explanation of the trial's fault; with any, if that has none.
bool catches(const TrialSheet& sheet, const Trial& trial);

TrialSheet summarize_sheet(const ScenarioResult& result);

}  // namespace wireproof
