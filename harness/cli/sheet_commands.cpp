#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/system/process.h"
#include "base/text/text_table.h"
#include "cli/commands.h"
#include "cli/layout/print_layout.h"
#include "cli/options/play_sheets.h"
#include "report/safe_text.h"

// Commands that take sheets and nothing else.

namespace wireproof {
namespace {

const char* level_name(SheetLevel level) {
  return level == SheetLevel::exercise ? "exercise" : "robust";
}

std::string render_list(const std::vector<Sheet>& sheets) {
  TextTable table{{"Scenario", "Title", "Server", "Level", "Tags", "Points"},
                  {Align::left, Align::left, Align::left, Align::left, Align::left, Align::right},
                  {}};
  for (const Sheet& sheet : sheets) {
    if (!sheet.scenario) continue;
    const FrontMatter& front = sheet.scenario->front;
    table.rows.push_back({one_line(sheet.id), one_line(sheet.scenario->title),
                          one_line(front.server), level_name(front.level),
                          one_line(fmt::format("{}", fmt::join(front.tags, ", "))),
                          front.points > 0 ? fmt::format("{:g}", front.points) : ""});
  }
  return render_text_table(table);
}

std::string render_json_list(const std::vector<Sheet>& sheets) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const Sheet& sheet : sheets) {
    if (!sheet.scenario) continue;
    const FrontMatter& front = sheet.scenario->front;
    list.push_back(Json{{"id", sheet.id},
                        {"title", sheet.scenario->title},
                        {"file", sheet.path.string()},
                        {"server", front.server},
                        {"level", level_name(front.level)},
                        {"tags", front.tags},
                        {"points", front.points}});
  }
  return list.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// What plays a sheet again as it was set; empty: as it stands.
std::string render_set_again(const std::vector<std::string>& settings) {
  if (settings.empty()) return "";
  std::string text = "wireproof run {file}";
  for (const std::string& setting : settings) text += " --set " + quote_for_shell(setting);
  return text + " --pcap-keep always";
}

}  // namespace

int run_command(const CommandLine& line) {
  PlaySheetsOptions options;
  options.run.jobs = count_processors();
  ArgumentParser parser(line, "run [PATH...] [OPTIONS]",
                        "Runs lab sheets: starts the server of each in a private network, plays "
                        "the clients, captures the packets and judges them by the sheet.");
  add_path_option(parser, options.selection);
  add_play_options(parser, options);
  add_hints_option(parser, options.reports.hints);
  if (const auto code = parser.parse()) return *code;
  if (const auto code = check_selection(parser, options.selection)) return *code;
  finish_options(options);
  options.run.again = render_set_again(options.selection.settings);
  options.run.trace_failures = true;
  ReportFiles reports(options.reports, line);
  reports.hold_stops();
  const Selection selection = select_sheets(options.selection);
  if (selection.sheets.empty()) return refuse_empty(selection, options.selection);
  return play_sheets(selection.sheets, options, reports);
}

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
  const auto print = as_json ? print_out : print_text;
  print(as_json ? render_json_list(selection.sheets) : render_list(selection.sheets));
  return print_diagnostics(selection.sheets);
}

int layout_command(const CommandLine& line) {
  LayoutOptions options;
  ArgumentParser parser(line, "layout 'struct \"!BLL20s\"' | layout SHEET NAME [OPTIONS]",
                        "A payload layout as a table with offsets: of a format string of "
                        "Python's struct module (names of fields may follow: `: version size`), "
                        "or of a sheet. Or as a dissector for Wireshark.");
  parser.required_text("LAYOUT", options.source, "a format string or a sheet");
  parser.text("NAME", options.name, "the sheet's layout");
  parser.flag("--lua", options.as_lua,
              "as a dissector: `tshark -X lua_script:FILE` shows its fields");
  parser.port("--port", options.port, "where the dissector looks, instead of the sheet's port");
  if (const auto code = parser.parse()) return *code;
  return print_layout(parser, options);
}

}  // namespace wireproof
