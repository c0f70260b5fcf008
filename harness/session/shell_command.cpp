#include "session/shell_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <sstream>
#include <string_view>
#include <vector>

#include "host/installed.h"

namespace wireproof {
namespace {

// Nothing but words, which the shell would not change, behind the path of a program.
bool is_plain(const std::string& command) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 /._-+,:@%";
  return command.find_first_not_of(kPlain) == std::string::npos &&
         command.substr(0, command.find(' ')).find('/') != std::string::npos;
}

// What the shell would do in the end, without starting it. Returns where it fails: the shell then
// says why, or runs a script that names no interpreter.
void execute_words(const std::string& command, char* const* environment) {
  std::istringstream words(command);
  std::vector<std::string> arguments{std::istream_iterator<std::string>(words), {}};
  std::vector<char*> values;
  for (std::string& argument : arguments) values.push_back(argument.data());
  values.push_back(nullptr);
  ::execve(values.front(), values.data(), environment);
}

std::string_view name_of(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

// execve(2)'s, of this process's variables and those that come over them.
std::vector<char*> make_environment(const std::vector<std::string>& over) {
  std::vector<char*> variables;
  for (char** own = environ; own != nullptr && *own != nullptr; ++own) {
    const bool is_replaced = std::ranges::any_of(
        over, [&](const std::string& other) { return name_of(other) == name_of(*own); });
    if (!is_replaced) variables.push_back(*own);
  }
  for (const std::string& other : over) variables.push_back(const_cast<char*>(other.c_str()));
  variables.push_back(nullptr);
  return variables;
}

}  // namespace

std::string become_command(const std::string& command) {
  constexpr const char* kShellsOwn = ";&|<>()`\n";  // $ and quotes work behind exec, too
  if (command.find_first_of(kShellsOwn) != std::string::npos) return command;
  const std::size_t begin = command.find_first_not_of(" \t");
  if (begin == std::string::npos) return command;
  const std::string word = command.substr(begin, command.find_first_of(" \t", begin) - begin);
  if (word.find_first_of("'\"$=\\*?[~") != std::string::npos) return command;
  const bool is_program = word.find('/') != std::string::npos || is_installed(word);
  return is_program && word != "exec" ? "exec " + command : command;
}

void execute_command(const std::string& command, const std::filesystem::path& folder,
                     const std::vector<std::string>& environment) {
  if (!folder.empty() && ::chdir(folder.c_str()) != 0) {
    std::perror(folder.c_str());
    ::_exit(kCannotExecute);
  }
  const std::vector<char*> variables = make_environment(environment);
  if (is_plain(command)) execute_words(command, variables.data());
  ::execle("/bin/sh", "sh", "-c", become_command(command).c_str(), nullptr, variables.data());
  std::perror("/bin/sh");
  ::_exit(kCannotExecute);
}

}  // namespace wireproof
