#include "session/shell_command.h"

#include <unistd.h>

#include <cstdio>
#include <iterator>
#include <sstream>
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
void execute_words(const std::string& command) {
  std::istringstream words(command);
  std::vector<std::string> arguments{std::istream_iterator<std::string>(words), {}};
  std::vector<char*> values;
  for (std::string& argument : arguments) values.push_back(argument.data());
  values.push_back(nullptr);
  ::execv(values.front(), values.data());
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

void execute_command(const std::string& command, const std::filesystem::path& folder) {
  if (!folder.empty() && ::chdir(folder.c_str()) != 0) {
    std::perror(folder.c_str());
    ::_exit(kCannotExecute);
  }
  if (is_plain(command)) execute_words(command);
  ::execl("/bin/sh", "sh", "-c", become_command(command).c_str(), nullptr);
  std::perror("/bin/sh");
  ::_exit(kCannotExecute);
}

}  // namespace wireproof
