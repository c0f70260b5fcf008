#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/system/process.h"
#include "cli/commands.h"
#include "cli/options/own_servers.h"
#include "cli/options/play_sheets.h"
#include "cli/options/program_start.h"
#include "cli/options/server_table.h"
#include "cli/verify/guess.h"
#include "cli/verify/verify_sheets.h"
#include "play/stage/server_fate.h"
#include "talk/talk.h"

namespace wireproof {
namespace {

struct VerifyOptions {
  PlaySheetsOptions play;
  SandboxSettings sandbox;
  std::string server;
  std::vector<std::string> running;  // HOST:PORT of a server that runs already; one word
  std::optional<std::uint16_t> port;
  std::optional<std::uint16_t> udp_port;
  bool guess = false;
};

// The sheets of all servers and forms, with the settings and part of a form filled in.
Selection select_all(const VerifyOptions& options, const ServerInfo& info,
                     const VerifySettings& settings, const ServerForm& part) {
  SelectionOptions selected = options.play.selection;
  selected.settings = settings.sheet;
  selected.form = part;
  for (const ServerParameter& parameter : info.parameters) {
    const auto value = part.find(parameter.name);
    if (!parameter.any_text || value == part.end()) continue;
    selected.settings.push_back(parameter.name + "=" + value->second);
  }
  return select_sheets(selected);
}

void give_program_to(std::vector<Sheet>& sheets, const VerifiedProgram& program) {
  for (Sheet& sheet : sheets) {
    if (sheet.scenario) give_program(sheet.scenario->front, program);
  }
}

constexpr const char* kVerifyDescription =
    "Judges somebody's server by all sheets of the reference server SERVER: the one that runs at "
    "HOST:PORT, or COMMAND, which is started for each sheet in a private network ({host}, {port} "
    "and {udp_port} in it are filled in). Against HOST:PORT sheets are played one after the other, "
    "since they all meet the same server.";

void add_options(ArgumentParser& parser, VerifyOptions& options) {
  parser.required_text("SERVER", options.server, "whose sheets (`wireproof servers` lists them)");
  parser.texts("HOST:PORT", options.running, "where the server runs");
  add_scenarios_option(parser, options.play.selection);
  parser.port("--port", options.port,
              "the port that COMMAND listens on (default: the server's own)");
  parser.port("--udp-port", options.udp_port,
              "the UDP port of a server that has another one for TCP");
  parser.flag("--guess", options.guess,
              "only find out which form of the protocol the server speaks, by asking it");
  add_sandbox_options(parser, options.sandbox);
  add_play_options(parser, options.play);
  add_level_option(parser, options.play.level);
  add_hints_option(parser, options.play.reports.hints);
}

// Of several addresses of a name the first that answers.
RunningServer choose_address(const std::vector<Endpoint>& addresses, RunningServer running) {
  constexpr std::chrono::seconds kProbeLimit{5};
  for (const Endpoint& endpoint : addresses) {
    running.address = endpoint.address;
    if (addresses.size() == 1 || probe_server(running, kProbeLimit).empty()) return running;
  }
  running.address = addresses.front().address;
  return running;
}

// The port is the TCP server's, where the protocol has one. That of UDP is the same, or as far
// away as it is by default only where the default is kept. Of a program that speaks UDP alone it is
// that of UDP.
RunningServer plan_running(const ServerInfo& info, const TalkAddress& address,
                           std::optional<std::uint16_t> udp_port,
                           std::optional<Transport> transport) {
  RunningServer running;
  if (transport == Transport::udp) {
    running.udp_port = udp_port.value_or(address.port);
    return choose_address(look_up_talk(address), running);
  }
  if (info.tcp_port != 0) running.tcp_port = address.port;
  if (info.udp_port != 0) {
    const bool is_same = info.tcp_port == 0 || info.tcp_port == info.udp_port;
    if (is_same) running.udp_port = address.port;
    if (!is_same && address.port == info.tcp_port) running.udp_port = info.udp_port;
    if (udp_port) running.udp_port = *udp_port;
  }
  return choose_address(look_up_talk(address), running);
}

// Of a name that no reference server has: its place may be that of the address or the program.
std::vector<Note> advise_order(const VerifyOptions& options) {
  const auto is_server = [](const std::string& word) {
    const DescribedFolder& folder = described_folder(word);
    return find_server(word) != nullptr || folder.server != nullptr || folder.builtin != nullptr;
  };
  const auto name = std::ranges::find_if(options.running, is_server);
  if (name == options.running.end()) {
    return {{"help", "`wireproof servers` lists the reference servers"}};
  }
  return {{"help", fmt::format("the server's name comes first: `wireproof verify {} {}`", *name,
                               parse_port(options.server) ? "127.0.0.1:" + options.server
                                                          : quote_for_shell(options.server))}};
}

// Words that are no address, where no `--` is: what may have been meant by them.
std::vector<Note> advise_target(const std::vector<std::string>& words) {
  if (words.size() == 1 && parse_port(words.front())) {
    return {{"help", fmt::format("did you mean `127.0.0.1:{}`?", words.front())}};
  }
  if (std::vector<Note> notes = advise_start(words); !notes.empty()) return notes;
  const bool is_program = words.size() > 1 || words.front().find('/') != std::string::npos;
  if (is_program) {
    return {{"help", fmt::format("a program stands behind `--`: `-- {}`", quote_words(words))}};
  }
  return {{"help", "like 127.0.0.1:12345, localhost:12345 or [::1]:12345"}};
}

// What is to be verified: a program, or what runs at an address.
std::optional<int> find_target(const ArgumentParser& parser, const ServerInfo& info,
                               const SplitLine& split, std::optional<Transport> transport,
                               VerifyOptions& options) {
  const std::vector<std::string>& words = options.running;
  if (words.empty() == split.program.empty()) {
    return parser.refuse(
        options.server,
        words.empty() ? "nothing to verify is given" : "two things to verify are given",
        {{"help",
          "write HOST:PORT behind the server's name, or `-- COMMAND...` behind the options"}});
  }
  if (!split.program.empty()) {
    // What is not here may be a program in PATH.
    const bool is_here = std::filesystem::exists(split.program.front());
    const std::vector<Note> notes = is_here ? advise_start(split.program) : std::vector<Note>{};
    if (notes.empty()) return std::nullopt;
    return parser.refuse(split.program.front(),
                         "`" + split.program.front() + "` is no program that can be started",
                         notes);
  }
  const auto address = parse_talk_address(words.front());
  if (!address) {
    return parser.refuse(words.front(), "`" + words.front() + "` is no address and port",
                         advise_target(words));
  }
  if (words.size() > 1) {
    return parser.refuse(words[1], "the argument `" + words[1] + "` is one too many");
  }
  if (options.play.run.jobs > 1) {
    return parser.refuse("-j", "sheets are played one after the other against a running server",
                         {{"help",
                           "leave -j out: what one sheet does to the server must not "
                           "make another fail"}});
  }
  options.play.run.running = plan_running(info, *address, options.udp_port, transport);
  return std::nullopt;
}

// What was to be verified as it was typed, with its ports, sheets and transport.
GuessTarget guess_target(const SplitLine& split, const VerifyOptions& options,
                         const VerifySettings& settings) {
  GuessTarget target;
  for (const std::string& path : options.play.selection.paths) {
    target.options += " --scenarios " + quote_for_shell(path);
  }
  if (settings.transport) {
    target.options +=
        *settings.transport == Transport::udp ? " --set transport=udp" : " --set transport=tcp";
  }
  if (options.port) target.options += fmt::format(" --port {}", *options.port);
  if (options.udp_port) target.options += fmt::format(" --udp-port {}", *options.udp_port);
  target.target = options.running.empty() ? "-- " + quote_words(split.program) : options.running[0];
  return target;
}

// A form that is not the server's is mostly found out by a wait in vain.
int guess(const VerifyOptions& options, const VerifySettings& settings,
          const VerifiedProgram& program, const GuessTarget& target) {
  constexpr std::chrono::milliseconds kPatience{500};
  RunOptions run = options.play.run;
  if (!run.timeout) run.timeout = kPatience;
  const Selection any = select_all(options, program.server, settings, {});
  if (any.sheets.empty()) return refuse_empty(any, options.play.selection);
  // They are read once for each form: those of other servers need not be.
  VerifyOptions own = options;
  own.play.selection.only =
      list_asking(any.sheets, program.server, asked_transport(program.server, settings.transport));
  const ReadSheets read = [&](const ServerForm& part) {
    return select_all(own, program.server, settings, part).sheets;
  };
  const Guessed guessed{program.server, run.running ? nullptr : &program, settings.form,
                        settings.transport};
  const std::vector<FormTrial> trials = try_forms(read, guessed, run);
  print_text(render_guess(program.server, trials, target));
  const auto has = [&trials](Verdict verdict) {
    return std::ranges::find(trials, verdict, &FormTrial::verdict) != trials.end();
  };
  if (has(Verdict::pass)) return kExitPassed;
  return has(Verdict::inconclusive) || has(Verdict::error) ? kExitCouldNotRun : kExitCheckFailed;
}

// Who is wrong is mostly waited for in vain: so many sheets for each processor have their two
// seconds at the same time.
constexpr std::size_t kSheetsPerProcessor = 8;

void set_run_options(const SplitLine& split, RunOptions& run) {
  run.one_server = true;
  run.trace_failures = true;
  run.again = render_again(split);
  if (run.jobs == 0) run.jobs = run.running ? 1 : count_processors() * kSheetsPerProcessor;
}

}  // namespace

int verify_command(const CommandLine& line) {
  const SplitLine split = split_at_dashes(line);
  VerifyOptions options;
  options.play.run.jobs = 0;  // not given
  options.play.run.command_folder = std::filesystem::current_path();
  ArgumentParser parser(split.own, "verify SERVER HOST:PORT | verify SERVER -- COMMAND...",
                        kVerifyDescription);
  add_options(parser, options);
  if (const auto code = parser.parse()) return *code;
  if (const auto code = find_server_named(parser, options.server, options.play.selection,
                                          advise_order(options))) {
    return *code;
  }
  if (const auto code = check_selection(parser, options.play.selection)) return *code;
  const ServerInfo& info = *find_known_server(options.server);
  const VerifySettings settings = split_settings(info, options.play.selection.settings);
  if (const auto code = check_form(parser, info, settings)) return *code;
  if (const auto code = find_target(parser, info, split, settings.transport, options)) {
    return *code;
  }
  finish_options(options.play);
  options.play.run.sandbox = sandbox_options(options.sandbox);
  set_run_options(split, options.play.run);
  const VerifiedProgram program{info, shell_command(split.program), options.port, options.udp_port,
                                settings.transport};
  if (options.guess)
    return guess(options, settings, program, guess_target(split, options, settings));
  ReportFiles reports(options.play.reports, line);
  reports.hold_stops();
  Selection selection = select_server_sheets(info, options.play.selection, settings);
  if (selection.sheets.empty()) {
    return refuse_no_sheets(selection, info, options.play.selection, settings);
  }
  options.play.remark =
      render_transport_share(info, options.play.selection, settings, selection.sheets.size()) +
      render_form_share(info, options.play.selection, settings, selection.sheets);
  if (!options.play.run.running) give_program_to(selection.sheets, program);
  return play_sheets(selection.sheets, options.play, reports);
}

}  // namespace wireproof
