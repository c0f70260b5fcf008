#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "base/system/process.h"
#include "cli/commands.h"
#include "cli/options/own_servers.h"
#include "cli/options/play_sheets.h"
#include "cli/options/server_table.h"
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
    "{host} in it are filled in; where the client connects elsewhere, the server listens there.";

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

// Where the server listens instead; nothing is set where it is the server's own place.
struct Place {
  std::optional<std::uint16_t> port;
  std::optional<IpAddress> address;
};

// The client of a sheet: whose it is, and where it looks for the server.
struct GivenClient {
  std::string name;     // as a person calls it
  std::string command;  // runs where wireproof was called
  Place place;
  bool is_interrupted = false;  // Ctrl-C ends it: with whatever exit code
};

void give_client(std::vector<Step>& steps, const GivenClient& client) {
  for (Step& step : steps) {
    if (auto* const repeat = std::get_if<StepRepeat>(&step.action)) {
      give_client(repeat->steps, client);
    } else if (auto* const run = std::get_if<StepRun>(&step.action)) {
      run->command = client.command;
    } else if (auto* const exits = std::get_if<StepExits>(&step.action)) {
      if (client.is_interrupted) exits->code.reset();
    }
  }
}

// Gives an actor another name wherever the sheet has it.
class Renaming {
 public:
  Renaming(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}

  void apply(Scenario& scenario) const {
    for (std::string& actor : scenario.session->actors) apply(actor);
    apply(scenario.session->steps);
    for (PacketTable& table : scenario.packet_tables) {
      apply(table.name);
      for (PlacedRow& placed : table.rows) apply(placed.row.client);
    }
    for (SocketTable& table : scenario.socket_tables) {
      for (SocketRow& row : table.rows) {
        apply(row.local);
        apply(row.remote);
      }
    }
  }

 private:
  void apply(std::string& name) const {
    if (name == from_) name = to_;
  }
  void apply(std::vector<Step>& steps) const {
    for (Step& step : steps) {
      apply(step.actor);
      if (auto* const repeat = std::get_if<StepRepeat>(&step.action)) apply(repeat->steps);
    }
  }

  std::string from_;
  std::string to_;
};

// The only program of a sheet; empty: it has none, or several.
std::string find_only_program(const Scenario& scenario) {
  std::string found;
  for (const Step& step : scenario.session->steps) {
    if (!std::holds_alternative<StepRun>(step.action)) continue;
    if (!found.empty() && found != step.actor) return {};
    found = step.actor;
  }
  return found;
}

bool is_taken(const std::string& name, const Scenario& scenario) {
  const std::vector<std::string>& actors = scenario.session->actors;
  return name == kServerName || name == kGroupName ||
         std::ranges::find(actors, name) != actors.end();
}

void give_client(std::vector<Sheet>& sheets, const GivenClient& client) {
  for (Sheet& sheet : sheets) {
    if (!sheet.scenario || !sheet.scenario->session) continue;
    Scenario& scenario = *sheet.scenario;
    scenario.front.programs.clear();  // those that the command takes the place of
    if (client.place.port) scenario.front.port = client.place.port;
    scenario.front.address = client.place.address;
    give_client(scenario.session->steps, client);
    const std::string own = find_only_program(scenario);
    if (!own.empty() && !is_taken(client.name, scenario))
      Renaming(own, client.name).apply(scenario);
  }
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
  if (const auto code = find_server_named(parser, options.server, options.play.selection)) {
    return *code;
  }
  if (const auto code = check_selection(parser, options.play.selection)) return *code;
  const ServerInfo& info = *find_known_server(options.server);
  if (split.program.empty()) {
    return parser.refuse(options.server, "no client to verify is given",
                         {{"help", "write `-- COMMAND...` behind the options"}});
  }
  VerifySettings settings = split_settings(info, options.play.selection.settings);
  if (const auto code = check_form(parser, info, settings)) return *code;
  settings.for_clients = true;
  // A client speaks one of the server's two.
  if (!settings.transport && info.tcp_port != 0) settings.transport = Transport::tcp;
  settings.sheet.push_back("end=" + end_text(options.end));
  settings.sheet.push_back(is_key(options.end) ? "ends=key" : "ends=word");
  finish_options(options.play);
  options.play.run.sandbox = sandbox_options(options.sandbox);
  options.play.run.again = render_again(split);
  options.play.run.client_command = shell_command(split.program);
  ReportFiles reports(options.play.reports, line);
  reports.hold_stops();
  Selection selection = select_server_sheets(info, options.play.selection, settings);
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
  const std::string remark = redirect(selection.sheets, options, client);
  give_client(selection.sheets, client);
  if (!options.play.output.quiet) print_out(remark);
  return play_sheets(selection.sheets, options.play, reports);
}

}  // namespace wireproof
