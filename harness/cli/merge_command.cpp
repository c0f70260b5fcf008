#include <fmt/format.h>

#include <stdexcept>

#include "base/system/file.h"
#include "base/text/bytes.h"
#include "base/text/words.h"
#include "cli/commands.h"
#include "cli/options/output.h"
#include "report/report.h"
#include "result/merge.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxReportBytes = std::size_t{1} << 30;

struct MergeOptions {
  std::vector<std::string> files;
  ReportOptions reports;
  OutputOptions output;
};

MergedRun read_parts(const std::vector<std::string>& files) {
  std::vector<RunResult> parts;
  for (const std::string& file : files) {
    try {
      parts.push_back(read_json_report(read_regular_file(file, kMaxReportBytes)));
    } catch (const std::runtime_error& error) {
      throw std::invalid_argument(fmt::format("{}: {}", file, error.what()));
    }
  }
  MergedRun merged = merge_runs(std::move(parts));
  if (merged.run.version != WIREPROOF_VERSION) {
    throw std::invalid_argument(
        fmt::format("they are of version {}, this is {}", merged.run.version, WIREPROOF_VERSION));
  }
  return merged;
}

}  // namespace

int merge_command(const CommandLine& line) {
  MergeOptions options;
  ArgumentParser parser(line, "merge REPORT... [OPTIONS]",
                        "Makes one run of its parts (--shard), from their JSON reports, in every "
                        "form that there is, and names the parts that are missing.");
  parser.texts("REPORT", options.files, "JSON reports of the parts (--report-json)");
  parser.required("REPORT");
  add_report_options(parser, options.reports);
  add_output_options(parser, options.output);
  add_hints_option(parser, options.reports.hints);
  if (const auto code = parser.parse()) return *code;
  MergedRun merged;
  try {
    merged = read_parts(options.files);
  } catch (const std::invalid_argument& error) {
    print_error(
        fmt::format("error: the parts cannot be merged: {}\n"
                    "  = help: one JSON report for each `--shard N/COUNT` of one run\n",
                    escape_control(error.what())));
    return kExitUsage;
  }
  ReportFiles reports(options.reports, line);
  RunResult& run = merged.run;
  const std::string things = render_things(run, options.reports.hints);
  reports.write(run, things);
  print_results(run, things, options.output);
  for (const std::string& part : merged.missing) {
    print_error(fmt::format("error: part {} is missing, or was cut short\n", part));
  }
  reports.require_written();
  return exit_code(run);
}

}  // namespace wireproof
