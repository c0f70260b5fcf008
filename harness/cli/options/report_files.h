#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/system/file.h"
#include "cli/options/argument_parser.h"
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
  explicit ReportFiles(const ReportOptions& options);

  // Once. Throws SystemError naming the file; the other files are written all the same.
  void write(const RunResult& run);

 private:
  using Render = std::function<std::string(const RunResult&)>;
  struct Target {
    OutputFile file;
    Render render;
  };

  void open(const std::string& path, Render render);

  std::vector<Target> targets_;
};

}  // namespace wireproof
