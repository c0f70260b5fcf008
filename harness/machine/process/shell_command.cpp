#include "machine/process/shell_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "base/system/process.h"
#include "base/text/words.h"
#include "machine/host/doctor.h"

namespace wireproof {
namespace {

// Nothing but words, which the shell would not change, behind the path of a program.
bool is_plain(const std::string& command) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 /._-+,:@%";
  return command.find_first_not_of(kPlain) == std::string::npos &&
         command.substr(0, command.find(' ')).find('/') != std::string::npos;
}

std::vector<std::string> words_of(const std::string& command) {
  const std::vector<std::string_view> words = split_words(command);
  return {words.begin(), words.end()};
}

std::vector<char*> point_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string_view name_of(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

// execve(2)'s, of this process's variables and those that come over them.
std::vector<char*> make_environment(std::vector<std::string>& over) {
  std::vector<char*> variables;
  for (char** own = environ; own != nullptr && *own != nullptr; ++own) {
    const bool is_replaced = std::ranges::any_of(
        over, [&](const std::string& other) { return name_of(other) == name_of(*own); });
    if (!is_replaced) variables.push_back(*own);
  }
  const std::vector<char*> others = point_to(over);
  variables.insert(variables.end(), others.begin(), others.end());
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

PreparedCommand::PreparedCommand(const std::string& command, std::filesystem::path folder,
                                 std::vector<std::string> environment)
    : folder_(std::move(folder)),
      environment_(std::move(environment)),
      words_(is_plain(command) ? words_of(command) : std::vector<std::string>{}),
      shell_words_{"sh", "-c", become_command(command)},
      arguments_(point_to(words_)),
      shell_arguments_(point_to(shell_words_)),
      variables_(make_environment(environment_)) {}

void PreparedCommand::execute() const {
  restore_descriptor_limit();
  if (!folder_.empty() && ::chdir(folder_.c_str()) != 0) {
    std::perror(folder_.c_str());
    ::_exit(kCannotExecute);
  }
  // What the shell would do in the end, without starting it. This returns where it fails: the shell
  // then says why, or runs a script that names no interpreter.
  if (!words_.empty()) ::execve(arguments_.front(), arguments_.data(), variables_.data());
  ::execve("/bin/sh", shell_arguments_.data(), variables_.data());
  std::perror("/bin/sh");
  ::_exit(kCannotExecute);
}

void execute_command(const std::string& command, const std::filesystem::path& folder,
                     const std::vector<std::string>& environment) {
  PreparedCommand(command, folder, environment).execute();
}

}  // namespace wireproof
