#include <algorithm>

#include "cli/commands.h"
#include "cli/manual/completion.h"
#include "cli/manual/manual_page.h"
#include "cli/options/own_servers.h"

namespace wireproof {
namespace {

using Render = std::string (*)(const std::vector<CommandFacts>& commands);

// The names of the servers are known as well.
std::vector<CommandFacts> commands_with_servers() {
  std::vector<std::string> servers;
  for (const ServerInfo* const info : known_servers()) servers.push_back(info->name);
  std::vector<CommandFacts> commands = describe_commands();
  for (CommandFacts& command : commands) {
    const auto server = std::ranges::find_if(command.options, [](const OptionFacts& option) {
      return option.names.front() == "SERVER" || option.names.front() == "--sheet-set";
    });
    if (server != command.options.end()) server->choices = servers;
  }
  return commands;
}

}  // namespace

int completion_command(const CommandLine& line) {
  Render render = nullptr;
  ArgumentParser parser(line, "completion bash|zsh|fish",
                        "What completes commands, options and names of servers in that shell: "
                        "`source <(wireproof completion bash)`.");
  parser.choice<Render>("SHELL", render,
                        {{"bash", render_bash_completion},
                         {"zsh", render_zsh_completion},
                         {"fish", render_fish_completion}},
                        "the shell");
  parser.required("SHELL");
  if (const auto code = parser.parse()) return *code;
  print_out(render(commands_with_servers()));
  return kExitPassed;
}

int manual_command(const CommandLine& line) {
  ArgumentParser parser(
      line, "manual",
      "The manual page of all commands and options: `wireproof manual | man -l -`.");
  if (const auto code = parser.parse()) return *code;
  print_out(render_manual_page(describe_commands(), WIREPROOF_VERSION));
  return kExitPassed;
}

}  // namespace wireproof
