#include "machine/process/shell_command.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/system/process.h"
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

// By blanks; quotes keep blanks together and vanish.
std::vector<std::string> split_quoted(const std::string& command) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  for (const char c : command) {
    if (quote != 0 ? c == quote : c == '\'' || c == '"') {
      quote = quote != 0 ? '\0' : c;
    } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
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

// Programs whose first argument is the program that a person means.
constexpr std::array<std::string_view, 21> kInterpreters{
    "python", "node", "nodejs", "java", "ruby",   "perl",  "php",  "sh",   "bash", "dash", "env",
    "exec",   "deno", "bun",    "lua",  "dotnet", "julia", "nice", "time", "go",   "run"};

// Options that take the next word with them.
constexpr std::array<std::string_view, 6> kTakesWord{"-cp", "-classpath",    "--class-path",
                                                     "-W",  "--module-path", "-X"};

bool is_interpreter(std::string_view name) {
  // python3, python3.11
  while (!name.empty() && (name.back() == '.' || (name.back() >= '0' && name.back() <= '9'))) {
    name.remove_suffix(1);
  }
  return std::ranges::find(kInterpreters, name) != kInterpreters.end();
}

bool is_assignment(const std::string& word) {
  const std::size_t equals = word.find('=');
  return equals != std::string::npos && equals > 0 && word.find('/') > equals;
}

std::string base_name(const std::string& word) {
  const std::string name = std::filesystem::path(word).filename();
  return name.empty() ? word : name;
}

}  // namespace

void say_error(int fd, const char* attempt, int error_number) {
  const char* const reason = ::strerrordesc_np(error_number);
  for (const char* text : {attempt, ": ", reason == nullptr ? "error" : reason, "\n"}) {
    // Nobody reads it: then nobody misses it.
    [[maybe_unused]] const ssize_t written = ::write(fd, text, std::strlen(text));
  }
}

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
      words_(is_plain(command) ? split_quoted(command) : std::vector<std::string>{}),
      shell_words_{"sh", "-c", become_command(command)},
      arguments_(point_to(words_)),
      shell_arguments_(point_to(shell_words_)),
      variables_(make_environment(environment_)) {}

void PreparedCommand::execute() const {
  restore_descriptor_limit();
  if (!folder_.empty() && ::chdir(folder_.c_str()) != 0) {
    say_error(STDERR_FILENO, folder_.c_str(), errno);
    ::_exit(kCannotExecute);
  }
  // What the shell would do in the end, without starting it. This returns where it fails: the shell
  // then says why, or runs a script that names no interpreter.
  if (!words_.empty()) ::execve(arguments_.front(), arguments_.data(), variables_.data());
  ::execve("/bin/sh", shell_arguments_.data(), variables_.data());
  say_error(STDERR_FILENO, "/bin/sh", errno);
  ::_exit(kCannotExecute);
}

std::string program_name(const std::string& command) {
  std::string interpreter;
  bool skip = false;
  for (const std::string& word : split_quoted(command)) {
    if (skip || is_assignment(word)) {
      skip = false;
      continue;
    }
    if (word.starts_with("-")) {
      skip = std::ranges::find(kTakesWord, word) != kTakesWord.end();
      if (word == "-c" || word == "-e") break;  // the program stands in the command
      continue;
    }
    const std::string name = base_name(word);
    if (!is_interpreter(name)) return name;
    interpreter = name;
  }
  return interpreter.empty() ? "program" : interpreter;
}

std::vector<std::string> program_names(const std::vector<std::string>& commands) {
  std::vector<std::string> names;
  for (const std::string& command : commands) {
    const std::string base = program_name(command);
    std::string name = base;
    for (int number = 2; std::ranges::find(names, name) != names.end(); ++number) {
      name = base + "#" + std::to_string(number);
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace wireproof
