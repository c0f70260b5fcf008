#include "session/shell_command.h"

#include "host/installed.h"

namespace wireproof {

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

}  // namespace wireproof
