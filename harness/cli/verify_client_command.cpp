#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/system/process.h"
#include "cli/commands.h"
#include "cli/options/play_sheets.h"
#include "cli/options/server_table.h"
#include "cli/options/verify_sheets.h"

namespace wireproof {
namespace {

// Of sheets whose program may be anybody's: they say what is typed, what must be printed and what
// must be seen on the wire, and nothing that only their own program does.
constexpr const char* kClientTag = "client";

struct VerifyClientOptions {
  PlaySheetsOptions play;
  SandboxSettings sandbox;
  std::string server;
};

bool is_for_clients(const Sheet& sheet) {
  if (sheet.broken()) return true;
  const std::vector<std::string>& tags = sheet.scenario->front.tags;
  return std::ranges::find(tags, kClientTag) != tags.end();
}

void replace_programs(std::vector<Step>& steps, const std::string& command) {
  for (Step& step : steps) {
    if (auto* const repeat = std::get_if<StepRepeat>(&step.action)) {
      replace_programs(repeat->steps, command);
    } else if (auto* const run = std::get_if<StepRun>(&step.action)) {
      run->command = command;
    }
  }
}

// A sheet's programs run in its folder, this one where wireproof was called.
void give_client(std::vector<Sheet>& sheets, const std::string& command) {
  const std::string here = quote_for_shell(std::filesystem::current_path().string());
  const std::string line = fmt::format("cd {} && {}", here, command);
  for (Sheet& sheet : sheets) {
    if (!sheet.scenario || !sheet.scenario->session) continue;
    sheet.scenario->front.programs.clear();  // those that the command takes the place of
    replace_programs(sheet.scenario->session->steps, line);
  }
}

int refuse_server_without_clients(const std::string& server) {
  print_error(
      fmt::format("error: no sheet about {} is for anybody's client\n"
                  "  = help: such a sheet starts its program by `run` and has the tag `{}`\n",
                  server, kClientTag));
  return kExitNothingSelected;
}

}  // namespace

int verify_client_command(const CommandLine& line) {
  const SplitLine split = split_at_dashes(line);
  VerifyClientOptions options;
  options.play.run.jobs = count_processors();
  options.play.run.command_folder = std::filesystem::current_path();
  ArgumentParser parser(split.own, "verify-client SERVER [OPTIONS] -- COMMAND...",
                        "Judges somebody's client by the sheets of the reference server SERVER "
                        "with the tag `client`: the server is started, COMMAND takes the place of "
                        "each program that a sheet runs. {port} and {host} in it are filled in.");
  parser.required_text("SERVER", options.server, "which server (`wireproof servers` lists them)");
  add_scenarios_option(parser, options.play.selection);
  add_sandbox_options(parser, options.sandbox);
  add_play_options(parser, options.play);
  if (const auto code = parser.parse()) return *code;
  if (const auto code = check_selection(parser, options.play.selection)) return *code;
  if (const auto code = check_server_name(parser, options.server)) return *code;
  const ServerInfo& info = *find_server(options.server);
  if (split.program.empty()) {
    return parser.refuse(options.server, "no client to verify is given",
                         {{"help", "write `-- COMMAND...` behind the options"}});
  }
  const VerifySettings settings = split_settings(info, options.play.selection.settings);
  if (const auto code = check_form(parser, info, settings)) return *code;
  finish_options(options.play);
  options.play.run.sandbox = sandbox_options(options.sandbox);
  options.play.run.again = render_again(split);
  options.play.run.client_command = shell_command(split.program);
  Selection selection = select_server_sheets(info, options.play.selection, settings);
  if (selection.sheets.empty()) return refuse_empty(selection, options.play.selection);
  std::erase_if(selection.sheets, [](const Sheet& sheet) { return !is_for_clients(sheet); });
  if (selection.sheets.empty()) return refuse_server_without_clients(options.server);
  give_client(selection.sheets, options.play.run.client_command);
  return play_sheets(selection.sheets, options.play, line);
}

}  // namespace wireproof
