#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/system/file.h"
#include "cli/options/selection.h"
#include "report/feedback.h"
#include "result/run_result.h"

namespace wireproof {

// Where the reports of a run go; empty: not wanted.
struct ReportOptions {
  std::string junit;
  std::string json;
  std::string feedback;  // Markdown for the author of the server
  Hints hints = Hints::explained;
};

void add_report_options(ArgumentParser& parser, ReportOptions& options);
void add_feedback_options(ArgumentParser& parser, ReportOptions& options);

// The files of the reports. They are opened before anything runs, so that a run never ends with a
// result that cannot be kept.
class ReportFiles {
 public:
  // Throws SystemError naming the file that cannot be written.
  ReportFiles(const ReportOptions& options, const CommandLine& line);

  // Once; the run gets what it cannot know itself, our version and the command line. Throws
  // SystemError naming the file; the other files are written all the same.
  void write(RunResult& run);

 private:
  using Render = std::function<std::string(const RunResult&)>;
  struct Target {
    OutputFile file;
    Render render;
  };

  std::vector<std::string> command_line_;
  std::vector<Target> targets_;
};

// Runs that ended before they were played: reports are written of them all the same.

// Some sheets have errors, so nothing was run: those are ERROR with their messages, the others
// SKIP.
RunResult sheets_wrong(const std::vector<Sheet>& sheets);

// The run ended early for `reason`: ERROR for every sheet that has no result among `results`.
RunResult cut_short(const std::vector<Sheet>& sheets, const std::vector<ScenarioResult>& results,
                    const std::string& reason);

// One result of a sheet as a whole run.
RunResult single_result(const ScenarioResult& result);

}  // namespace wireproof
