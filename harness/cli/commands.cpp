#include "cli/commands.h"

#include <algorithm>
#include <array>

#include "base/text/text_table.h"
#include "base/text/words.h"
#include "cli/pack/pack_command.h"

namespace wireproof {
namespace {

struct Command {
  std::string_view name;
  std::string_view usage;
  std::string_view summary;
  int (*run)(const CommandLine& line) = nullptr;
};

constexpr auto kCommands = std::to_array<Command>({
    {"run", "run [PATH...]", "runs sheets, each in a network of its own", run_command},
    {"verify", "verify SERVER -- COMMAND...",
     "judges somebody's server by the sheets of a reference server", verify_command},
    {"verify-client", "verify-client SERVER -- COMMAND...",
     "judges somebody's client against a reference server", verify_client_command},
    {"grade", "grade --submissions DIR...", "a gradebook of a whole class's programs",
     grade_command},
    {"pack", "pack GRADER... -- COMMAND...", "the zip for Gradescope, PrairieLearn or Classroom 50",
     pack_command},
    {"check", "check SCENARIO --capture FILE", "judges a capture that exists by a sheet",
     check_command},
    {"merge", "merge REPORT...", "makes one run of the parts that several machines played",
     merge_command},
    {"table", "table FILE", "the annotated packet table of a capture", table_command},
    {"diff", "diff A B", "what differs between two captures, by conversation", diff_command},
    {"trace", "trace --server COMMAND...",
     "the packet table of any two programs, with their real calls", trace_command},
    {"demo", "demo", "what wireproof sees, on two small programs", demo_command},
    {"record", "record SCENARIO", "writes the packets of a run into the sheet", record_command},
    {"new", "new NAME", "a folder of an own server with a first sheet that runs", new_command},
    {"lint", "lint [PATH...]", "all that is wrong with sheets, without running them", lint_command},
    {"explain", "explain CODE | explain --all", "what a message's code means, and how to mend it",
     explain_command},
    {"fmt", "fmt [PATH...]", "aligns the tables of sheets", fmt_command},
    {"serve", "serve SERVER", "runs a reference server until Ctrl-C", serve_command},
    {"servers", "servers [NAME]", "the reference servers", servers_command},
    {"selftest", "selftest [SERVER...]",
     "proves the sheets against faults and harmless variants of the servers", selftest_command},
    {"talk", "talk HOST:PORT | --listen PORT", "a raw pipe between the console and one TCP peer",
     talk_command},
    {"list", "list [PATH...]", "ids, titles, servers, tags and points of sheets", list_command},
    {"layout", "layout FORMAT | layout SHEET NAME",
     "a payload layout as a table with offsets, or as a dissector for Wireshark", layout_command},
    {"wireshark", "wireshark install|uninstall", "what makes Wireshark show more of kept captures",
     wireshark_command},
    {"doctor", "doctor", "what works on this machine, and what mends the rest", doctor_command},
    {"completion", "completion bash|zsh|fish", "what completes words in that shell",
     completion_command},
    {"manual", "manual", "the manual page, for `man -l -`", manual_command},
});

std::string render_help() {
  TextTable table{{"Command", "What it does"}, {}, {}};
  for (const Command& command : kCommands) {
    table.rows.push_back({std::string(command.usage), std::string(command.summary)});
  }
  return "wireproof runs network lab sheets and proves them on the wire.\n\n" +
         render_text_table(table) +
         "\n`wireproof COMMAND --help` explains a command, `wireproof --version` says which this "
         "is.\n"
         "Exit codes: 0 all passed, 1 a check failed, 2 command line, 3 a sheet does not parse,\n"
         "4 could not run or inconclusive, 5 nothing selected, 130 interrupted.\n";
}

int refuse_command(const CommandLine& line) {
  Diagnostic problem{Severity::error, "there is no command `" + line.words[1] + "`", line.spans[1],
                     "", nearest_note(line.words[1], list_names(kCommands))};
  problem.notes.push_back({"help", "`wireproof --help` lists the commands"});
  print_diagnostic(problem, line.source);
  return kExitUsage;
}

}  // namespace

std::vector<CommandFacts> describe_commands() {
  std::vector<CommandFacts> all;
  for (const Command& command : kCommands) {
    CommandFacts facts{std::string(command.name), std::string(command.summary), {}, {}, {}};
    CommandLine line = read_command_line({"wireproof", facts.name});
    line.asked = &facts;
    command.run(line);
    all.push_back(std::move(facts));
  }
  return all;
}

int run_program(const CommandLine& line) {
  if (line.words.size() < 2) {
    print_error(render_help());
    return kExitUsage;
  }
  const std::string& name = line.words[1];
  if (name == "--help" || name == "-h" || name == "help") {
    print_text(render_help());
    return kExitPassed;
  }
  if (name == "--version") {
    print_out("wireproof " WIREPROOF_VERSION "\n");
    return kExitPassed;
  }
  const auto* const found = std::ranges::find(kCommands, name, &Command::name);
  return found == kCommands.end() ? refuse_command(line) : found->run(line);
}

}  // namespace wireproof
