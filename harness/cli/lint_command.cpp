#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/lint/lint_report.h"

namespace wireproof {
namespace {

enum class LintFormat : std::uint8_t { text, json };

void print_report(const LintReport& report) {
  static const SourceText kNone;
  for (const LintFinding& finding : report.findings) {
    print_diagnostic(finding.diagnostic, finding.source == nullptr ? kNone : *finding.source);
    print_error("\n");
  }
  const auto coded = std::ranges::find_if(report.findings, [](const LintFinding& finding) {
    return finding.diagnostic.code != ProblemCode{};
  });
  if (coded != report.findings.end()) {
    print_error(
        fmt::format("`wireproof explain {}` tells more\n\n", render_code(coded->diagnostic.code)));
  }
  print_text(render_summary(report));
}

int exit_code(const LintReport& report) {
  if (report.count(Severity::error) + report.count(Severity::warning) > 0) return kExitSheetWrong;
  return report.findings.empty() ? kExitPassed : kExitCouldNotRun;
}

}  // namespace

int lint_command(const CommandLine& line) {
  SelectionOptions options;
  LintFormat format = LintFormat::text;
  ArgumentParser parser(line, "lint [PATH...] [OPTIONS]",
                        "Says all that is wrong with sheets and the server.yaml beside them, "
                        "without running anything: what reading finds, what no run can judge, and "
                        "what no server can satisfy. Exit code 3 where there is anything.");
  add_path_option(parser, options);
  add_filter_options(parser, options);
  parser.choice<LintFormat>("--format", format,
                            {{"text", LintFormat::text}, {"json", LintFormat::json}},
                            "text, or a list of objects: file, line, column, end_line, end_column, "
                            "severity, code, message, help");
  if (const auto code = parser.parse()) return *code;
  if (const auto code = check_selection(parser, options)) return *code;
  const Selection selection = select_sheets(options);
  const LintReport report = lint_selection(options, selection);
  if (selection.sheets.empty() && report.servers == 0) return refuse_empty(selection, options);
  if (format == LintFormat::json) {
    print_out(render_lint_json(report));
  } else {
    print_report(report);
  }
  return exit_code(report);
}

}  // namespace wireproof
