#include <filesystem>

#include "base/text/bytes.h"
#include "cli/commands.h"
#include "cli/options/selection.h"
#include "sheet/layout/layout_section.h"

namespace wireproof {
namespace {

int print_struct_format(const std::string& text) {
  const SourceText source("layout", text);
  const auto layout = parse_struct_format(source);
  if (!layout) {
    for (const Diagnostic& problem : layout.error()) print_diagnostic(problem, source);
    return kExitUsage;
  }
  print_out(escape_control(render_layout_table(*layout, {})));
  return kExitPassed;
}

int print_sheet_layout(const ArgumentParser& parser, const std::string& path,
                       const std::string& name) {
  const Sheet sheet = read_sheet(path, {});
  if (print_diagnostics({sheet})) return kExitSheetWrong;
  const LayoutSet& layouts = sheet.scenario->layouts;
  const auto found = layouts.find(name);
  if (found != layouts.end()) {
    print_out(escape_control(render_layout_table(found->second, layouts)));
    return kExitPassed;
  }
  std::vector<std::string> names;
  for (const auto& [known, layout] : layouts) names.push_back(known);
  std::vector<Note> notes = nearest_note(name, names);
  for (const std::string& known : names) notes.push_back({"help", "layout of the sheet: " + known});
  return parser.refuse(name, "the sheet has no layout `" + name + "`", notes);
}

}  // namespace

int layout_command(const CommandLine& line) {
  std::string first;
  std::string name;
  ArgumentParser parser(line, "layout 'struct \"!BLL20s\"' | layout SHEET NAME",
                        "A payload layout as a table with offsets: of a format string of "
                        "Python's struct module (names of fields may follow: `: version size`), "
                        "or of a sheet.");
  parser.required_text("LAYOUT", first, "a format string or a sheet");
  parser.text("NAME", name, "the sheet's layout");
  if (const auto code = parser.parse()) return *code;
  if (name.empty() && first.starts_with("struct")) return print_struct_format(first);
  if (!std::filesystem::exists(find_sheet_path(first))) {
    return parser.refuse(
        first, "there is no sheet " + first,
        {{"help", "a format string begins with `struct`, like 'struct \"!BLL\"'"}});
  }
  if (name.empty()) return parser.refuse(first, "which layout of the sheet is missing");
  return print_sheet_layout(parser, first, name);
}

}  // namespace wireproof
