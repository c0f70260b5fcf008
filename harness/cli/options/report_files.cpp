#include "cli/options/report_files.h"

#include <optional>
#include <utility>

#include "base/system/system_call.h"
#include "report/report.h"

namespace wireproof {

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

ReportFiles::ReportFiles(const ReportOptions& options) {
  open(options.junit, render_junit);
  open(options.json, render_json);
  open(options.feedback, [hints = options.hints](const RunResult& run) {
    return render_feedback_markdown(run, hints);
  });
}

void ReportFiles::open(const std::string& path, Render render) {
  if (path.empty()) return;
  targets_.push_back({OutputFile(path, "write the report " + path), std::move(render)});
}

void ReportFiles::write(const RunResult& run) {
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

}  // namespace wireproof
