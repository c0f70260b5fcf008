#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "base/system/file.h"
#include "base/system/process.h"
#include "base/text/bytes.h"
#include "cli/commands.h"
#include "cli/new/first_files.h"
#include "cli/options/output.h"
#include "cli/options/selection.h"
#include "cli/options/server_table.h"
#include "cli/record/record_table.h"
#include "judge/judge.h"
#include "judge/offline/read_evidence.h"
#include "machine/process/shell_command.h"
#include "play/runner/runner.h"
#include "play/tracing/trace_run.h"
#include "sheet/format_sheet.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

struct NewOptions {
  std::string name;
  std::string capture;
  std::string server;
  std::string client;
  std::string input;
  std::optional<std::uint16_t> port;

  bool has_programs() const { return !server.empty() || !client.empty(); }
};

// What is made, and where.
struct NewFolder {
  fs::path folder;
  std::string server;  // its name is the folder's
};

NewFolder folder_of(const NewOptions& options) {
  fs::path folder = fs::path(options.name).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  return {folder, folder.filename().string()};
}

bool is_server_name(const std::string& name) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !name.empty() && name.front() != '-' && name.find_first_not_of(kLetters) == name.npos;
}

std::optional<int> check_options(const ArgumentParser& parser, const NewOptions& options) {
  const NewFolder made = folder_of(options);
  if (!is_server_name(made.server)) {
    return parser.refuse(options.name, "this is no name of a server",
                         {{"help", "letters, digits, `_` and `-`; folders before it, as labs/kv"}});
  }
  if (fs::symlink_status(made.folder).type() != fs::file_type::not_found) {
    return parser.refuse(options.name, "there is " + made.folder.string() + " already",
                         {{"help", "nothing is overwritten: take another name"}});
  }
  if (!options.capture.empty() && options.has_programs()) {
    return parser.refuse(options.capture, "--from and --server are two ways to make a first sheet");
  }
  if (options.has_programs() && (options.server.empty() || options.client.empty())) {
    const bool has_server = options.client.empty();
    return parser.refuse(has_server ? options.server : options.client,
                         has_server ? "--server needs a --client" : "--client needs a --server");
  }
  return std::nullopt;
}

void write_files(const NewFolder& made, const std::vector<NewFile>& files) {
  for (const NewFile& file : files) write_file(made.folder / file.name, file.text);
}

void print_made(const NewFolder& made, const std::vector<NewFile>& files) {
  const std::string folder = escape_control(made.folder.string());
  for (const NewFile& file : files) {
    print_text(fmt::format("made {}/{}: {}\n", folder, file.name, file.meaning));
  }
  print_text(
      fmt::format("\nwireproof run {0}                   # plays its sheets\n"
                  "wireproof verify {0} -- COMMAND…    # judges another server by them\n",
                  quote_for_shell(made.folder.string())));
}

// With its tables aligned; what was made here has nothing that could be wrong.
std::string aligned(const std::string& sheet) {
  const auto text = format_sheet(SourceText("", sheet));
  return text ? *text : sheet;
}

int refuse_dialogue(const ArgumentParser& parser, const std::string& about,
                    const std::string& reason) {
  parser.refuse(about, "no sheet can be made of it: " + reason);
  return kExitCouldNotRun;
}

// The sheet with a table of the packets that it was made of. Nothing where they do not fit to it,
// which is said.
std::optional<std::string> add_packets(const Dialogue& dialogue, const std::string& text) {
  const SourceText source(kFirstSheet, text);
  const auto scenario = parse_scenario("first", source, {});
  if (!scenario) {
    for (const Diagnostic& problem : scenario.error()) print_diagnostic(problem, source);
    return std::nullopt;
  }
  const Evidence evidence =
      read_evidence(*scenario, dialogue.packets, dialogue.udp ? std::uint16_t{0} : dialogue.port,
                    dialogue.udp ? dialogue.port : std::uint16_t{0});
  const ScenarioResult result = judge(*scenario, evidence);
  if (!is_recordable(result)) {
    const RunResult run = single_result(result);
    print_results(run, render_things(run, Hints::explained), {.verbose = true});
    return std::nullopt;
  }
  return aligned(record_packets(*scenario, result, {"From", "To", "Info", "Len"}));
}

int make_example(const NewOptions& options) {
  const NewFolder made = folder_of(options);
  const std::vector<NewFile> files = example_files(made.server);
  write_files(made, files);
  print_made(made, files);
  return kExitPassed;
}

int make_from_capture(const ArgumentParser& parser, const NewOptions& options) {
  const std::unique_ptr<PacketSource> source = open_capture(options.capture);
  const StoredPackets stored = store_packets(*source);
  if (const auto damage = source->damage()) {
    print_error("error: " + render_damage(options.capture, *damage) + "\n");
    return kExitCouldNotRun;
  }
  const auto dialogue = find_dialogue(stored.packets, options.port.value_or(0));
  if (!dialogue) return refuse_dialogue(parser, options.capture, dialogue.error());
  const NewFolder made = folder_of(options);
  const auto sheet = add_packets(*dialogue, write_sheet(made.server, *dialogue));
  if (!sheet) return kExitCouldNotRun;
  const std::vector<NewFile> files = replay_files(*dialogue, *sheet);
  write_files(made, files);
  print_made(made, files);
  return kExitPassed;
}

TraceResult run_programs(const NewOptions& options) {
  const StopSignals stop;
  TraceWatch watch;
  watch.stop_fd = stop.fd();
  TraceRequest request;
  request.server = options.server;
  request.clients.push_back({options.client, read_input_text(options.input)});
  request.port = options.port;
  return run_trace(request, watch);
}

// The server's command as the folder that is made starts it: there the paths are others.
std::string command_from(const fs::path& folder, const std::string& command) {
  const fs::path here = fs::proximate(fs::current_path(), fs::absolute(folder));
  return "cd " + quote_for_shell(here.string()) + " && " + become_command(command);
}

// Plays the sheet that was made and writes down what calls made its packets.
int record_first(const NewFolder& made) {
  const std::string path = (made.folder / kFirstSheet).string();
  const Sheet sheet = read_sheet(path, {});
  if (const int code = print_diagnostics({sheet}); code != kExitPassed) return code;
  const RunResult run = run_scenarios({*sheet.scenario}, make_server_table(), RunOptions{},
                                      [](const ScenarioResult&) {});
  if (run.interrupted || run.scenarios.empty()) return exit_code(run);
  const ScenarioResult& result = run.scenarios.front().result;
  if (!is_recordable(result)) {
    print_results(run, render_things(run, Hints::explained), {.verbose = true});
    print_error("error: " + escape_control(path) +
                " did not go as the programs' run, so it has no packets: mend it, then `wireproof "
                "record` writes them\n");
    const int code = exit_code(run);
    return code == kExitPassed ? kExitCouldNotRun : code;
  }
  write_file(path, aligned(record_packets(*sheet.scenario, result)));
  return kExitPassed;
}

int make_from_programs(const ArgumentParser& parser, const NewOptions& options) {
  TraceResult result;
  try {
    result = run_programs(options);
  } catch (const TraceRefused& refused) {
    parser.refuse(refused.command, refused.what(), refused.notes);
    return kExitCouldNotRun;
  }
  if (result.interrupted) return kExitInterrupted;
  const auto dialogue = find_dialogue(result.packets, result.port());
  if (!dialogue) return refuse_dialogue(parser, options.client, dialogue.error());
  const NewFolder made = folder_of(options);
  const std::vector<NewFile> files = program_files(
      *dialogue, command_from(made.folder, options.server), write_sheet(made.server, *dialogue));
  write_files(made, files);
  if (const int code = record_first(made); code != kExitPassed) return code;
  print_made(made, files);
  return kExitPassed;
}

}  // namespace

int new_command(const CommandLine& line) {
  NewOptions options;
  ArgumentParser parser(
      line, "new NAME [OPTIONS]",
      "Makes the folder NAME of a server of your own, with a first sheet that runs: an example to "
      "change, the first whole conversation of a capture, or what two programs said in one run.");
  parser.required_text("NAME", options.name, "the folder, whose name is the server's");
  parser.text("--from", options.capture, "a capture whose conversation becomes the sheet");
  parser.text("--server", options.server, "the server's command; {port} and {host} are filled in");
  parser.text("--client", options.client, "the command of its client, filled in likewise");
  parser.text("--stdin", options.input, "what the client reads from standard input");
  parser.port("--port", options.port, "the server's port (default: that of the first packets)");
  if (const auto code = parser.parse()) return *code;
  if (const auto code = check_options(parser, options)) return *code;
  if (options.has_programs()) return make_from_programs(parser, options);
  return options.capture.empty() ? make_example(options) : make_from_capture(parser, options);
}

}  // namespace wireproof
