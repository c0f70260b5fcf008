#include "cli/options/run_outcome.h"

#include <map>

#include "play/stage/stage_plan.h"
#include "result/run_result.h"

namespace wireproof {

namespace {

// Of one that has errors no more than its name is known.
ScenarioResult unplayed(const Sheet& sheet, Verdict verdict, const std::string& reason) {
  Scenario named;
  named.id = sheet.id;
  named.path = sheet.path;
  return unplayed_result(sheet.scenario.value_or(named), 1, verdict, reason);
}

}  // namespace

RunResult sheets_wrong(const std::vector<Sheet>& sheets) {
  RunResult run;
  for (const Sheet& sheet : sheets) {
    ScenarioResult result = sheet.broken()
                                ? unplayed(sheet, Verdict::error, "the sheet has errors")
                                : unplayed(sheet, Verdict::skip, "another sheet has errors");
    if (sheet.broken()) {
      for (const Diagnostic& diagnostic : sheet.diagnostics) {
        result.failures.push_back({diagnostic, render_diagnostic(diagnostic, sheet.source)});
      }
    }
    run.scenarios.push_back(summarize({result}));
  }
  return run;
}

RunResult cut_short(const std::vector<Sheet>& sheets, const std::vector<ScenarioResult>& results,
                    const std::string& reason) {
  std::map<std::string, std::vector<ScenarioResult>> by_id;
  for (const ScenarioResult& result : results) by_id[result.id].push_back(result);
  RunResult run;
  for (const Sheet& sheet : sheets) {
    std::vector<ScenarioResult>& repetitions = by_id[sheet.id];
    if (repetitions.empty()) repetitions.push_back(unplayed(sheet, Verdict::error, reason));
    run.scenarios.push_back(summarize(repetitions));
  }
  return run;
}

RunResult single_result(const ScenarioResult& result) {
  RunResult run;
  run.started = result.started;
  run.lasted = result.lasted;
  run.scenarios.push_back(summarize({result}));
  return run;
}

void sign_run(RunResult& run, const CommandLine& line) {
  run.version = WIREPROOF_VERSION;
  run.command_line = line.words;
}

}  // namespace wireproof
