#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text/bytes.h"
#include "base/text/text_table.h"
#include "cli/commands.h"
#include "cli/options/selection.h"

namespace wireproof {
namespace {

std::string render_list(const std::vector<Sheet>& sheets) {
  TextTable table{{"Scenario", "Title", "Server", "Tags", "Points"},
                  {Align::left, Align::left, Align::left, Align::left, Align::right},
                  {}};
  for (const Sheet& sheet : sheets) {
    if (sheet.broken()) continue;
    const FrontMatter& front = sheet.scenario->front;
    table.rows.push_back({escape_control(sheet.id), escape_control(sheet.scenario->title),
                          escape_control(front.server),
                          escape_control(fmt::format("{}", fmt::join(front.tags, ", "))),
                          front.points > 0 ? fmt::format("{:g}", front.points) : ""});
  }
  return render_text_table(table);
}

std::string render_json_list(const std::vector<Sheet>& sheets) {
  auto list = nlohmann::ordered_json::array();
  for (const Sheet& sheet : sheets) {
    if (sheet.broken()) continue;
    const FrontMatter& front = sheet.scenario->front;
    nlohmann::ordered_json entry;
    entry["id"] = sheet.id;
    entry["title"] = sheet.scenario->title;
    entry["file"] = sheet.path.string();
    entry["server"] = front.server;
    entry["tags"] = front.tags;
    entry["points"] = front.points;
    list.push_back(std::move(entry));
  }
  return list.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

int list_command(const CommandLine& line) {
  SelectionOptions selected;
  bool as_json = false;
  ArgumentParser parser(line, "list [PATH...] [OPTIONS]",
                        "Ids, titles, servers, tags and points of sheets. Sheets with errors are "
                        "reported and left out.");
  add_path_option(parser, selected);
  add_filter_options(parser, selected);
  parser.flag("--json", as_json, "as JSON, for programs");
  if (const auto code = parser.parse()) return *code;
  if (const auto code = check_selection(parser, selected)) return *code;
  const Selection selection = select_sheets(selected);
  if (selection.sheets.empty()) return refuse_empty(selection, selected);
  print_out(as_json ? render_json_list(selection.sheets) : render_list(selection.sheets));
  return print_diagnostics(selection.sheets) ? kExitSheetWrong : kExitPassed;
}

}  // namespace wireproof
