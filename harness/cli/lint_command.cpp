#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <string>

#include "base/text/bytes.h"
#include "base/text/words.h"
#include "cli/commands.h"
#include "cli/options/own_servers.h"
#include "cli/options/selection.h"
#include "sheet/lint.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

struct LintCounts {
  std::size_t sheets = 0;
  std::size_t servers = 0;  // descriptions
  std::size_t errors = 0;
  std::size_t warnings = 0;
};

void print_all(const Diagnostics& diagnostics, const SourceText& source, LintCounts& counts) {
  for (const Diagnostic& diagnostic : diagnostics) {
    print_diagnostic(diagnostic, source);
    print_error("\n");
    ++(diagnostic.severity == Severity::error ? counts.errors : counts.warnings);
  }
}

// The descriptions of servers in the folders named, and beside the sheets; once each.
void lint_servers(const SelectionOptions& options, LintCounts& counts) {
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
    ++counts.servers;
    print_all(described.errors, described.source, counts);
  }
}

int lint_sheets(const Selection& selection, LintCounts& counts) {
  int code = kExitPassed;
  for (const Sheet& sheet : selection.sheets) {
    if (sheet.unreadable()) {
      print_error(fmt::format("error: {}\n", escape_control(sheet.refusal)));
      code = kExitCouldNotRun;
      continue;
    }
    if (sheet.path.filename() == kServerDescription) continue;  // said with the descriptions
    ++counts.sheets;
    print_all(sheet.diagnostics, sheet.source, counts);
    if (sheet.scenario) print_all(lint_scenario(*sheet.scenario), sheet.source, counts);
  }
  return code;
}

std::string summary(const LintCounts& counts) {
  std::string text = counted(counts.sheets, "sheet");
  if (counts.servers > 0) text += " and " + counted(counts.servers, "server description");
  if (counts.errors + counts.warnings == 0) return text + " read: nothing is wrong\n";
  return fmt::format("{} read: {}, {}\n", text, counted(counts.errors, "error"),
                     counted(counts.warnings, "warning"));
}

}  // namespace

int lint_command(const CommandLine& line) {
  SelectionOptions options;
  ArgumentParser parser(line, "lint [PATH...] [OPTIONS]",
                        "Says all that is wrong with sheets and the server.yaml beside them, "
                        "without running anything: what reading finds, what no run can judge, and "
                        "what no server can satisfy. Exit code 3 where there is anything.");
  add_path_option(parser, options);
  add_filter_options(parser, options);
  if (const auto code = parser.parse()) return *code;
  if (const auto code = check_selection(parser, options)) return *code;
  LintCounts counts;
  lint_servers(options, counts);
  const Selection selection = select_sheets(options);
  if (selection.sheets.empty() && counts.servers == 0) return refuse_empty(selection, options);
  const int code = lint_sheets(selection, counts);
  print_out(summary(counts));
  return counts.errors + counts.warnings > 0 ? kExitSheetWrong : code;
}

}  // namespace wireproof
