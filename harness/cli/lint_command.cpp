#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/text/words.h"
#include "cli/commands.h"
#include "cli/options/own_servers.h"
#include "cli/options/selection.h"
#include "sheet/lint.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Finding {
  const SourceText* source = nullptr;  // outlives the finding; null: a file that cannot be read
  Diagnostic diagnostic;
};

struct LintReport {
  std::vector<Finding> findings;
  std::size_t sheets = 0;
  std::size_t servers = 0;  // descriptions

  void add(const Diagnostics& diagnostics, const SourceText& source) {
    for (const Diagnostic& one : diagnostics) findings.push_back({&source, one});
  }
  std::size_t count(Severity severity) const {
    return static_cast<std::size_t>(std::ranges::count_if(findings, [=](const Finding& finding) {
      return finding.source != nullptr && finding.diagnostic.severity == severity;
    }));
  }
};

enum class LintFormat : std::uint8_t { text, json };

// The descriptions of servers in the folders named, and beside the sheets; once each.
void lint_servers(const SelectionOptions& options, LintReport& report) {
  std::set<fs::path> folders;
  for (const std::string& path : options.paths) {
    if (fs::is_directory(find_sheet_path(path))) folders.insert(find_sheet_path(path));
  }
  for (const SheetFile& file : find_sheets(options)) {
    if (file.refusal.empty()) folders.insert(file.path.parent_path());
  }
  std::set<fs::path> seen;
  for (const fs::path& folder : folders) {
    const DescribedFolder& described = described_folder(folder);
    const bool is_there = described.server != nullptr || !described.errors.empty();
    if (!is_there || !seen.insert(described.file).second) continue;
    ++report.servers;
    report.add(described.errors, described.source);
  }
}

void lint_sheets(const Selection& selection, LintReport& report) {
  for (const Sheet& sheet : selection.sheets) {
    if (sheet.unreadable()) {
      Finding& finding = report.findings.emplace_back();
      finding.diagnostic.message = sheet.refusal;
      continue;
    }
    if (sheet.path.filename() == kServerDescription) continue;  // said with the descriptions
    ++report.sheets;
    report.add(sheet.diagnostics, sheet.source);
    if (sheet.scenario) report.add(lint_scenario(*sheet.scenario), sheet.source);
  }
}

std::string summary(const LintReport& report) {
  const std::size_t errors = report.count(Severity::error);
  const std::size_t warnings = report.count(Severity::warning);
  std::string text = counted(report.sheets, "sheet");
  if (report.servers > 0) text += " and " + counted(report.servers, "server description");
  if (errors + warnings == 0) return text + " read: nothing is wrong\n";
  return fmt::format("{} read: {}, {}\n", text, counted(errors, "error"),
                     counted(warnings, "warning"));
}

void print_text(const LintReport& report) {
  for (const Finding& finding : report.findings) {
    print_diagnostic(finding.diagnostic,
                     finding.source == nullptr ? SourceText() : *finding.source);
    print_error("\n");
  }
  const auto coded = std::ranges::find_if(report.findings, [](const Finding& finding) {
    return finding.diagnostic.code != ProblemCode{};
  });
  if (coded != report.findings.end()) {
    print_error(
        fmt::format("`wireproof explain {}` tells more\n\n", render_code(coded->diagnostic.code)));
  }
  print_out(summary(report));
}

Json render_finding(const Finding& finding) {
  const Diagnostic& diagnostic = finding.diagnostic;
  Json object;
  if (finding.source != nullptr) object["file"] = finding.source->name();
  if (finding.source != nullptr && diagnostic.span) {
    const Position begin = finding.source->position(diagnostic.span->begin);
    const Position end = finding.source->position(diagnostic.span->end);
    object["line"] = begin.line;
    object["column"] = begin.column;
    object["end_line"] = end.line;
    object["end_column"] = end.column;
  }
  object["severity"] = diagnostic.severity == Severity::error ? "error" : "warning";
  if (diagnostic.code != ProblemCode{}) object["code"] = render_code(diagnostic.code);
  object["message"] = diagnostic.message;
  for (const Note& note : diagnostic.notes) {
    if (note.label == "help" && !object.contains("help")) object["help"] = note.text;
  }
  return object;
}

// Controls are escapes in JSON, and bytes that are no UTF-8 become U+FFFD.
void print_json(const LintReport& report) {
  Json list = Json::array();
  for (const Finding& finding : report.findings) list.push_back(render_finding(finding));
  print_out(list.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
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
  LintReport report;
  lint_servers(options, report);
  const Selection selection = select_sheets(options);
  if (selection.sheets.empty() && report.servers == 0) return refuse_empty(selection, options);
  lint_sheets(selection, report);
  if (format == LintFormat::json) {
    print_json(report);
  } else {
    print_text(report);
  }
  return exit_code(report);
}

}  // namespace wireproof
