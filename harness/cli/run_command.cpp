#include "base/system/process.h"
#include "cli/commands.h"
#include "cli/options/play_sheets.h"

namespace wireproof {

int run_command(const CommandLine& line) {
  PlaySheetsOptions options;
  options.run.jobs = count_processors();
  ArgumentParser parser(line, "run [PATH...] [OPTIONS]",
                        "Runs lab sheets: starts the server of each in a private network, plays "
                        "the clients, captures the packets and judges them by the sheet.");
  add_path_option(parser, options.selection);
  add_play_options(parser, options);
  if (const auto code = parser.parse()) return *code;
  if (const auto code = check_selection(parser, options.selection)) return *code;
  finish_options(options);
  const Selection selection = select_sheets(options.selection);
  if (selection.sheets.empty()) return refuse_empty(selection, options.selection);
  return play_sheets(selection.sheets, options, line);
}

}  // namespace wireproof
