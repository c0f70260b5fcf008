#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <thread>

#include "cli/argument_parser.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/play_sheets.h"
#include "cli/sandbox_options.h"
#include "cli/server_table.h"
#include "cli/terminal.h"
#include "cli/verify_sheets.h"

namespace wireproof {

namespace {

// The words before `--`, and those of somebody's program behind it.
struct SplitLine {
  CommandLine own;
  std::vector<std::string> program;
};

SplitLine split_at_dashes(const CommandLine& line) {
  SplitLine split{line, {}};
  const auto dashes = std::ranges::find(line.words, "--");
  if (dashes == line.words.end()) return split;
  const auto count = static_cast<std::size_t>(dashes - line.words.begin());
  split.program.assign(dashes + 1, line.words.end());
  split.own.words.resize(count);
  split.own.spans.resize(count);
  return split;
}

// One word is a shell's line already.
std::string shell_command(const std::vector<std::string>& program) {
  if (program.size() == 1) return program.front();
  std::vector<std::string> words;
  for (const std::string& word : program) words.push_back(quote_for_shell(word));
  return fmt::format("{}", fmt::join(words, " "));
}

struct VerifyOptions {
  PlaySheetsOptions play;
  SandboxSettings sandbox;
  std::string server;
  std::optional<std::uint16_t> port;
};

std::optional<int> check_form(const ArgumentParser& parser, const ServerInfo& info,
                              const VerifySettings& settings) {
  for (const auto& [name, value] : settings.form) {
    const auto& values = std::ranges::find(info.parameters, name, &ServerParameter::name)->values;
    if (values.empty() || std::ranges::find(values, value) != values.end()) continue;
    std::vector<Note> notes = nearest_note(value, values);
    notes.push_back({"help", fmt::format("one of {}", fmt::join(values, ", "))});
    return parser.refuse(fmt::format("{}={}", name, value),
                         fmt::format("the server {} has no {} `{}`", info.name, name, value),
                         notes);
  }
  return std::nullopt;
}

Selection select_for(const ServerInfo& info, const VerifyOptions& options,
                     const VerifySettings& settings) {
  SelectionOptions selected = options.play.selection;
  selected.settings = settings.sheet;
  Selection selection = select_sheets(selected);
  std::erase_if(selection.sheets, [&](const Sheet& sheet) {
    return sheet.scenario && !is_about(sheet.scenario->front, info, settings.form);
  });
  return selection;
}

// What a sheet says of our own server does not hold for somebody's program.
void give_program(std::vector<Sheet>& sheets, const std::string& command,
                  std::optional<std::uint16_t> port) {
  for (Sheet& sheet : sheets) {
    if (!sheet.scenario) continue;
    FrontMatter& front = sheet.scenario->front;
    front.command = command;
    if (port) front.port = port;
  }
}

}  // namespace

int verify_command(const CommandLine& line) {
  const SplitLine split = split_at_dashes(line);
  VerifyOptions options;
  options.play.run.jobs = std::max(1U, std::thread::hardware_concurrency());
  options.play.run.command_folder = std::filesystem::current_path();
  ArgumentParser parser(split.own, "verify SERVER [OPTIONS] -- COMMAND...",
                        "Judges somebody's server by all sheets of the reference server SERVER: "
                        "COMMAND is started for each sheet in a private network. {port} and "
                        "{host} in it are filled in.");
  parser.text("SERVER", options.server, "whose sheets (`wireproof servers` lists them)");
  parser.required("SERVER");
  parser.texts("--scenarios", options.play.selection.paths,
               "sheets and folders of sheets (default: scenarios)");
  parser.value<std::uint16_t>("--port", options.port, parse_port, "a port from 1 to 65535",
                              "the port that COMMAND listens on (default: the server's own)");
  add_sandbox_options(parser, options.sandbox);
  add_play_options(parser, options.play);
  if (const auto code = parser.parse()) return *code;
  if (const auto code = check_selection(parser, options.play.selection)) return *code;
  const ServerInfo* const info = find_server(options.server);
  if (info == nullptr) {
    return parser.refuse(options.server, "there is no reference server `" + options.server + "`",
                         nearest_note(options.server, server_names()));
  }
  if (split.program.empty()) {
    return parser.refuse(options.server, "no program to verify is given",
                         {{"help", "write `-- COMMAND...` behind the options"}});
  }
  const VerifySettings settings = split_settings(*info, options.play.selection.settings);
  if (const auto code = check_form(parser, *info, settings)) return *code;
  finish_options(options.play);
  options.play.run.sandbox = sandbox_options(options.sandbox);
  Selection selection = select_for(*info, options, settings);
  if (selection.sheets.empty()) return refuse_empty(selection, options.play.selection);
  give_program(selection.sheets, shell_command(split.program), options.port);
  return play_sheets(selection.sheets, options.play, line);
}

}  // namespace wireproof
