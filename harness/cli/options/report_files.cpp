#include "cli/options/report_files.h"

#include <map>
#include <optional>
#include <utility>

#include "base/system/system_call.h"
#include "play/stage/stage_plan.h"
#include "report/report.h"

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

void add_report_options(ArgumentParser& parser, ReportOptions& options) {
  parser.text("--report-junit", options.junit, "write the results as JUnit XML to this file");
  parser.text("--report-json", options.json,
              "write the results as JSON to this file (docs/result.schema.json)");
}

void add_feedback_options(ArgumentParser& parser, ReportOptions& options) {
  parser.choice<Hints>(
      "--hints", options.hints,
      {{"0", Hints::observed}, {"1", Hints::explained}, {"2", Hints::advised}},
      "how much is given away: 0 what was seen, 1 and why (default), 2 and what was expected and "
      "how to mend it");
  parser.text("--feedback", options.feedback,
              "write what is wrong, in plain words, as Markdown to this file");
}

ReportFiles::ReportFiles(const ReportOptions& options, const CommandLine& line)
    : command_line_(line.words) {
  const auto open = [this](const std::string& path, Render render) {
    if (path.empty()) return;
    targets_.push_back({OutputFile(path, "write the report " + path), std::move(render)});
  };
  open(options.junit, render_junit);
  open(options.json, render_json);
  open(options.feedback, [hints = options.hints](const RunResult& run) {
    return render_feedback_markdown(run, hints);
  });
}

void ReportFiles::write(RunResult& run) {
  run.version = WIREPROOF_VERSION;
  run.command_line = command_line_;
  std::optional<SystemError> failure;
  for (Target& target : targets_) {
    try {
      target.file.write(target.render(run));
    } catch (const SystemError& error) {
      failure = error;
    }
  }
  if (failure) throw SystemError(*failure);
}

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

}  // namespace wireproof
