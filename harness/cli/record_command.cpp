#include <iostream>
#include <string>

#include "base/system/file.h"
#include "base/text/bytes.h"
#include "cli/commands.h"
#include "cli/options/output.h"
#include "cli/options/selection.h"
#include "cli/options/server_table.h"
#include "cli/record/record_calls.h"
#include "cli/record/record_table.h"
#include "play/runner/runner.h"

namespace wireproof {
namespace {

struct RecordOptions {
  SelectionOptions sheet;  // one path
  std::string scenario;
  bool yes = false;
  bool calls = false;
};

bool runs_in_ci() {
  const std::string_view value = environment("CI");
  return !value.empty() && value != "false";
}

// Without a terminal nobody can answer, so that nothing is written.
bool ask_to_write(const std::string& path) {
  if (!is_terminal(stdin) || !is_terminal(stdout)) {
    print_error("not written: `--yes` writes without asking\n");
    return false;
  }
  print_out("write this to " + escape_control(path) + "? [y/N] ");
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

int refuse_result(const RunResult& run) {
  print_results(run, render_things(run, Hints::explained), {.verbose = true});
  print_error("error: the session did not go as the sheet says, so its packets are not recorded\n");
  const int code = exit_code(run);
  return code == kExitPassed ? kExitCouldNotRun : code;
}

Expected<Scenario, Diagnostics> parse_again(const Sheet& sheet, const std::string& text,
                                            const RecordOptions& options) {
  return parse_scenario(sheet.id, SourceText(sheet.path.string(), text),
                        {read_settings(options.sheet.settings), {}, "", files_beside(sheet.path)});
}

// A sheet of calls alone gets no packets.
std::string recorded_text(const Sheet& sheet, const ScenarioResult& result,
                          const RecordOptions& options) {
  const Scenario& scenario = *sheet.scenario;
  const bool has_calls = options.calls || !scenario.call_tables.empty();
  const bool has_packets = !scenario.packet_tables.empty() || !has_calls;
  const std::string text = has_packets ? record_packets(scenario, result) : scenario.source.text();
  if (!has_calls) return text;
  const auto parsed = parse_again(sheet, text, options);
  return parsed ? record_calls(*parsed, result, options.calls) : text;
}

int record_result(const Sheet& sheet, const ScenarioResult& result, const RecordOptions& options) {
  const std::string& before = sheet.source.text();
  const std::string after = recorded_text(sheet, result, options);
  const std::string path = sheet.path.string();
  const std::string diff = render_line_diff(path, before, after);
  if (diff.empty()) {
    print_out("the tables of " + escape_control(path) + " are what was captured\n");
    return kExitPassed;
  }
  print_out(escape_control(diff));
  const auto parsed = parse_again(sheet, after, options);
  if (!parsed) {
    for (const Diagnostic& problem : parsed.error()) {
      print_error(render_diagnostic(problem, SourceText(path, after)));
    }
    return kExitSheetWrong;
  }
  if (options.yes || ask_to_write(path)) write_file(sheet.path, after);
  return kExitPassed;
}

}  // namespace

int record_command(const CommandLine& line) {
  RecordOptions options;
  ArgumentParser parser(line, "record SCENARIO [OPTIONS]",
                        "Runs a sheet against its reference server and writes the packets into "
                        "its table. Rows that match stay as they are. Shows the difference and "
                        "asks first; refuses when CI is set.");
  parser.required_text("SCENARIO", options.scenario, "the sheet");
  parser.flag("-y,--yes", options.yes, "write without asking");
  parser.flag("--calls", options.calls,
              "add a table of the server's calls, where the sheet has none");
  parser.texts("--set", options.sheet.settings,
               "NAME=VALUE, instead of the sheet's parameter NAME");
  if (const auto code = parser.parse()) return *code;
  options.sheet.paths = {options.scenario};
  if (runs_in_ci()) {
    return parser.refuse("record", "a sheet is not recorded where CI is set",
                         {{"why", "a check that writes its own expectation checks nothing"}});
  }
  if (const auto code = check_selection(parser, options.sheet)) return *code;
  const Sheet sheet = read_sheet(options.scenario, options.sheet);
  if (const int code = print_diagnostics({sheet}); code != kExitPassed) return code;
  RunOptions run_options;
  run_options.trace = options.calls;
  const RunResult run = run_scenarios({*sheet.scenario}, make_server_table(), run_options,
                                      [](const ScenarioResult&) {});
  if (run.interrupted || run.scenarios.empty()) return exit_code(run);
  const ScenarioResult& result = run.scenarios.front().result;
  return is_recordable(result) ? record_result(sheet, result, options) : refuse_result(run);
}

}  // namespace wireproof
