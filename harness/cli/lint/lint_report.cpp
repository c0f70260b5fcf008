#include "cli/lint/lint_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "base/system/system_call.h"
#include "base/text/words.h"
#include "cli/options/own_servers.h"
#include "sheet/lint.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// Null where it cannot be read, which is a finding then.
const DescribedFolder* try_folder(const fs::path& folder, LintReport& report) {
  try {
    return &described_folder(folder);
  } catch (const SystemError& error) {
    report.findings.emplace_back().diagnostic.message = error.what();
    return nullptr;
  }
}

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
    const DescribedFolder* const found = try_folder(folder, report);
    if (found == nullptr) continue;
    const DescribedFolder& described = *found;
    const bool is_there = described.server != nullptr || !described.errors.empty();
    if (!is_there || !seen.insert(described.file).second) continue;
    ++report.servers;
    report.add(described.errors, described.source);
  }
}

void lint_sheets(const Selection& selection, LintReport& report) {
  for (const Sheet& sheet : selection.sheets) {
    if (sheet.unreadable()) {
      LintFinding& finding = report.findings.emplace_back();
      finding.diagnostic.message = sheet.refusal;
      continue;
    }
    if (sheet.path.filename() == kServerDescription) continue;  // said with the descriptions
    ++report.sheets;
    report.add(sheet.diagnostics, sheet.source);
    if (sheet.scenario) report.add(lint_scenario(*sheet.scenario), sheet.source);
  }
}

Json render_finding(const LintFinding& finding) {
  const Diagnostic& diagnostic = finding.diagnostic;
  const SourceText* const source = diagnostic.source ? diagnostic.source.get() : finding.source;
  Json object;
  if (source != nullptr) object["file"] = source->name();
  if (source != nullptr && diagnostic.span) {
    const Position begin = source->position(diagnostic.span->begin);
    const Position end = source->position(diagnostic.span->end);
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

}  // namespace

std::size_t LintReport::count(Severity severity) const {
  return static_cast<std::size_t>(std::ranges::count_if(findings, [=](const LintFinding& finding) {
    return finding.source != nullptr && finding.diagnostic.severity == severity;
  }));
}

LintReport lint_selection(const SelectionOptions& options, const Selection& selection) {
  LintReport report;
  lint_servers(options, report);
  lint_sheets(selection, report);
  return report;
}

std::string render_summary(const LintReport& report) {
  const std::size_t errors = report.count(Severity::error);
  const std::size_t warnings = report.count(Severity::warning);
  std::string text = counted(report.sheets, "sheet");
  if (report.servers > 0) text += " and " + counted(report.servers, "server description");
  if (errors + warnings == 0) return text + " read: nothing is wrong\n";
  return fmt::format("{} read: {}, {}\n", text, counted(errors, "error"),
                     counted(warnings, "warning"));
}

std::string render_lint_json(const LintReport& report) {
  Json list = Json::array();
  for (const LintFinding& finding : report.findings) list.push_back(render_finding(finding));
  return list.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wireproof
