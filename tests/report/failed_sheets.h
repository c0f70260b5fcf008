#pragma once

#include <string>
#include <utility>
#include <vector>

#include "result/explanation.h"
#include "result/run_result.h"

namespace wireproof {

// Runs as they are told about: sheets with their messages.

inline Diagnostic failure(const std::string& message, const std::string& cause = "") {
  Diagnostic diagnostic;
  diagnostic.message = message;
  if (cause.empty()) return diagnostic;
  diagnostic.explanation = find_explanation(cause).value();
  diagnostic.notes.push_back({"why", "because of " + cause});
  return diagnostic;
}

// Without a cause in the catalogue.
inline Diagnostic unknown(const std::string& message, const std::string& why) {
  Diagnostic diagnostic = failure(message);
  diagnostic.notes.push_back({"why", why});
  return diagnostic;
}

inline ScenarioSummary sheet(const std::string& id, const Diagnostics& failures) {
  ScenarioSummary summary;
  ScenarioResult& result = summary.result;
  result.id = id;
  result.title = "About " + id;
  result.verdict = failures.empty() ? Verdict::pass : Verdict::fail;
  for (const Diagnostic& one : failures) {
    result.failures.push_back({one, "error: " + one.message + "\n  --> " + id + "\n"});
  }
  return summary;
}

inline RunResult run_of(std::vector<ScenarioSummary> sheets) {
  RunResult run;
  run.scenarios = std::move(sheets);
  return run;
}

}  // namespace wireproof
