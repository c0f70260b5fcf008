#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/system/file.h"
#include "base/system/system_call.h"
#include "base/text/bytes.h"
#include "cli/commands.h"
#include "cli/options/selection.h"
#include "cli/record/record_table.h"
#include "sheet/format_sheet.h"

namespace wireproof {
namespace {

struct FmtOptions {
  SelectionOptions selection;
  bool check = false;
};

constexpr std::size_t kMaxInputBytes = 2 << 20;  // more than format_sheet() takes

// What became of the sheets so far.
struct FmtCounts {
  std::size_t read = 0;
  std::size_t changed = 0;
  int code = kExitPassed;
};

// The worst of all: what cannot be read before what is wrong before what differs.
void take_code(FmtCounts& counts, int code) {
  if (code > counts.code) counts.code = code;
}

// The sheet's new text; nothing where it stays as it is, or what is wrong has been said.
std::optional<std::string> new_text(const SourceText& source, FmtCounts& counts) {
  ++counts.read;
  auto text = format_sheet(source);
  if (!text) {
    for (const Diagnostic& problem : text.error()) print_diagnostic(problem, source);
    take_code(counts, kExitSheetWrong);
    return std::nullopt;
  }
  if (*text == source.text()) return std::nullopt;
  ++counts.changed;
  return *std::move(text);
}

void print_difference(const SourceText& source, const std::string& text, FmtCounts& counts) {
  print_out(escape_control(render_line_diff(source.name(), source.text(), text)));
  take_code(counts, kExitCheckFailed);
}

void format_file(const SheetFile& file, bool check, FmtCounts& counts) {
  if (!file.refusal.empty()) {
    print_error("error: " + escape_control(file.refusal) + "\n");
    return take_code(counts, kExitCouldNotRun);
  }
  try {
    const SourceText source = read_sheet_file(file.path);
    const auto text = new_text(source, counts);
    if (!text) return;
    if (check) return print_difference(source, *text, counts);
    write_file(file.path, *text);
    print_out("aligned " + escape_control(source.name()) + "\n");
  } catch (const SystemError& error) {
    print_error(fmt::format("error: {}\n", escape_control(error.what())));
    take_code(counts, kExitCouldNotRun);
  }
}

int format_input(bool check) {
  const SourceText source("<stdin>", read_file("/dev/stdin", kMaxInputBytes));
  FmtCounts counts;
  const auto text = new_text(source, counts);
  if (check && text) {
    print_difference(source, *text, counts);
  } else if (!check && counts.code == kExitPassed) {
    print_out(text ? *text : source.text());
  }
  return counts.code;
}

int format_files(const FmtOptions& options) {
  FmtCounts counts;
  for (const SheetFile& file : find_sheets(options.selection)) {
    format_file(file, options.check, counts);
  }
  if (counts.read == 0 && counts.code == kExitPassed) return refuse_empty({}, options.selection);
  print_out(fmt::format("{} of {} sheets {}aligned\n", counts.changed, counts.read,
                        options.check ? "to be " : ""));
  return counts.code;
}

}  // namespace

int fmt_command(const CommandLine& line) {
  FmtOptions options;
  ArgumentParser parser(line, "fmt [PATH...] [OPTIONS]",
                        "Aligns the tables of sheets, and leaves all else as it is: prose, fences, "
                        "front matter. `-` reads standard input and writes standard output.");
  add_path_option(parser, options.selection);
  parser.flag("--check", options.check, "write nothing, show what would change; exit code 1 if so");
  if (const auto code = parser.parse()) return *code;
  if (options.selection.paths == std::vector<std::string>{"-"}) return format_input(options.check);
  if (const auto code = check_selection(parser, options.selection)) return *code;
  return format_files(options);
}

}  // namespace wireproof
