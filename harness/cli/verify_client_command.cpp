#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "base/system/process.h"
#include "cli/commands.h"
#include "cli/options/own_servers.h"
#include "cli/options/play_sheets.h"
#include "cli/options/server_table.h"
#include "cli/verify/given_client.h"
#include "cli/verify/verify_sheets.h"
#include "judge/program_judge.h"
#include "machine/process/shell_command.h"
#include "play/stage/stage_plan.h"

namespace wireproof {
namespace {

struct ClientOptions {
  PlaySheetsOptions play;
  SandboxSettings sandbox;
  std::string server;
  std::optional<std::uint16_t> port;
  std::string end;
};

constexpr const char* kVerifyClientDescription =
    "Judges somebody's client by the sheets of the reference server SERVER with the tag `client`: "
    "the server is started, COMMAND takes the place of each program that a sheet runs. {port} and "
    "{host} in it are filled in; where the client connects elsewhere, the server listens there. A "
    "sheet, or a folder of them, whose actors listen needs no server.";

void add_options(ArgumentParser& parser, ClientOptions& options) {
  parser.required_text("SERVER", options.server, "which server (`wireproof servers` lists them)");
  add_scenarios_option(parser, options.play.selection);
  parser.port("--port", options.port,
              "the port that COMMAND connects to (default: found out, else the server's own)");
  parser.text("--end", options.end,
              "how COMMAND is told to end: ctrl-d (default), ctrl-c, or a line that is typed");
  add_sandbox_options(parser, options.sandbox);
  add_play_options(parser, options.play);
  add_hints_option(parser, options.play.reports.hints);
}

bool is_key(const std::string& end) {
  return end == "ctrl-d" || end == "ctrl-c";
}

// What a sheet types where it says `{end}`.
std::string end_text(const std::string& end) {
  if (end == "ctrl-d") return "\x04";
  if (end == "ctrl-c") return "\x03";
  return end + "\n";
}

int refuse_server_without_clients(const std::string& server) {
  print_error(
      fmt::format("error: no sheet about {} is for anybody's client\n"
                  "  = help: such a sheet starts its program by `run` and has the tag `client`\n",
                  server));
  return kExitNothingSelected;
}

// Where the client asks for the server, if that is not where it is: one sheet is played to see it.
std::optional<Endpoint> find_other_place(const std::vector<Sheet>& sheets,
                                         const ClientOptions& options, const GivenClient& client) {
  const auto is_first = [](const Sheet& sheet) {
    if (!sheet.scenario) return false;
    const std::vector<std::string>& tags = sheet.scenario->front.tags;
    return std::ranges::find(tags, "first") != tags.end();
  };
  const auto simplest = std::ranges::find_if(sheets, is_first);
  std::vector<Sheet> first{simplest == sheets.end() ? sheets.front() : *simplest};
  if (!first.front().scenario) return std::nullopt;
  give_client(first, client);
  const Scenario& scenario = *first.front().scenario;
  const ServerPorts ports = plan_ports(scenario, make_server_table());
  RunOptions run = options.play.run;
  run.repeat = 1;
  run.capture_folder.clear();
  const RunResult played = run_scenarios({scenario}, make_server_table(), run, {});
  if (played.interrupted) {
    ::raise(SIGINT);  // held back: the run behind this one takes it
    return std::nullopt;
  }
  const std::string actor = find_only_program(scenario);
  return find_other_target(played.scenarios.front().result.calls, actor,
                           ports.tcp != 0 ? ports.tcp : ports.udp);
}

bool is_default_loopback(const IpAddress& address) {
  return address == parse_ip_address("127.0.0.1");
}

// Lets the server listen where the client looks for it; what is to be said of that.
std::string redirect(const std::vector<Sheet>& sheets, const ClientOptions& options,
                     GivenClient& client) {
  if (client.place.port || client.command.find("{port}") != std::string::npos) return "";
  const auto other = find_other_place(sheets, options, client);
  if (!other) return "";
  client.place.port = other->port;
  if (!is_default_loopback(other->address)) client.place.address = other->address;
  return fmt::format("{} connects to {}: redirected to the server\n", client.name,
                     render_endpoint(*other));
}

// What the sheets are told of `--end`.
std::vector<std::string> end_settings(const std::string& end) {
  return {"end=" + end_text(end), is_key(end) ? "ends=key" : "ends=word"};
}

// Where the word is a sheet or a folder, and no server: its sheets whose actors play the server's
// part and run a program as its client.
Selection find_self_served(const ClientOptions& options) {
  const std::filesystem::path place = options.server;
  const bool is_place = std::filesystem::exists(place) && find_server(options.server) == nullptr &&
                        !std::filesystem::exists(place / kServerDescription);
  if (!is_place) return {};
  SelectionOptions selected = options.play.selection;
  selected.paths = {options.server};
  for (const std::string& setting : end_settings(options.end)) selected.settings.push_back(setting);
  Selection selection = select_sheets(selected);
  std::erase_if(selection.sheets, [](const Sheet& sheet) {
    return !sheet.scenario || !sheet.scenario->session || has_server(sheet.scenario->front) ||
           !any_step(sheet.scenario->session->steps,
                     [](const Step& step) { return std::holds_alternative<StepRun>(step.action); });
  });
  return selection;
}

// The server that is named, its form and its sheets' settings; the exit code of what is wrong.
std::optional<int> read_server(const ArgumentParser& parser, ClientOptions& options,
                               VerifySettings& settings) {
  if (const auto code = find_server_named(parser, options.server, options.play.selection)) {
    return code;
  }
  if (const auto code = check_selection(parser, options.play.selection)) return code;
  const ServerInfo& info = *find_known_server(options.server);
  settings = split_settings(info, options.play.selection.settings);
  if (const auto code = check_form(parser, info, settings)) return code;
  settings.for_clients = true;
  // A client speaks one of the server's two.
  if (!settings.transport && info.tcp_port != 0) settings.transport = Transport::tcp;
  for (const std::string& setting : end_settings(options.end)) settings.sheet.push_back(setting);
  return std::nullopt;
}

}  // namespace

int verify_client_command(const CommandLine& line) {
  const SplitLine split = split_at_dashes(line);
  ClientOptions options;
  options.play.run.jobs = count_processors();
  options.play.run.client_folder = std::filesystem::current_path();
  options.end = "ctrl-d";
  ArgumentParser parser(split.own, "verify-client SERVER [OPTIONS] -- COMMAND...",
                        kVerifyClientDescription);
  add_options(parser, options);
  if (const auto code = parser.parse()) return *code;
  const Selection self_served = find_self_served(options);
  const bool needs_server = self_served.sheets.empty();
  VerifySettings settings;
  if (const auto code = needs_server ? read_server(parser, options, settings)
                                     : check_selection(parser, options.play.selection)) {
    return *code;
  }
  if (split.program.empty()) {
    return parser.refuse(options.server, "no client to verify is given",
                         {{"help", "write `-- COMMAND...` behind the options"}});
  }
  finish_options(options.play);
  options.play.run.sandbox = sandbox_options(options.sandbox);
  options.play.run.again = render_again(split);
  options.play.run.client_command = shell_command(split.program);
  ReportFiles reports(options.play.reports, line);
  reports.hold_stops();
  Selection selection = needs_server ? select_server_sheets(*find_known_server(options.server),
                                                            options.play.selection, settings)
                                     : self_served;
  if (selection.sheets.empty()) {
    return selection.other_ids.empty() ? refuse_server_without_clients(options.server)
                                       : refuse_empty(selection, options.play.selection);
  }
  const std::string here = quote_for_shell(std::filesystem::current_path().string());
  const std::string& typed = options.play.run.client_command;
  GivenClient client{program_name(typed),
                     fmt::format("cd {} && {}", here, typed),
                     {options.port, std::nullopt},
                     options.end == "ctrl-c"};
  const std::string remark = needs_server ? redirect(selection.sheets, options, client) : "";
  give_client(selection.sheets, client);
  if (!options.play.output.quiet) print_text(remark);
  return play_sheets(selection.sheets, options.play, reports);
}

}  // namespace wireproof
