#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wireproof {

inline constexpr int kCannotExecute = 127;  // the exit code, as the shell says it

// The same command for `sh -c` such that the shell becomes the program where it has nothing else to
// do: then signals, the exit code and the process id are the program's own. Commands that need the
// shell (`a | b`, `X=1 a`, builtins) stay as they are.
std::string become_command(const std::string& command);

// A command as execve(2) wants it, made before the fork: a child that borrows its parent's memory
// (vfork_process) leaves nothing of its own in it.
class PreparedCommand {
 public:
  // As execute_command's.
  PreparedCommand(const std::string& command, std::filesystem::path folder,
                  std::vector<std::string> environment);
  PreparedCommand(const PreparedCommand&) = delete;
  PreparedCommand& operator=(const PreparedCommand&) = delete;

  [[noreturn]] void execute() const;

 private:
  std::filesystem::path folder_;
  std::vector<std::string> environment_;
  std::vector<std::string> words_;  // none where a shell is needed
  std::vector<std::string> shell_words_;
  std::vector<char*> arguments_;  // these three end with a null
  std::vector<char*> shell_arguments_;
  std::vector<char*> variables_;
};

// For a forked process: the program of the command takes its place, in `folder` (empty: where it
// is), with this process's environment but for the variables in `environment` ("NAME=VALUE").
// Where that fails, stderr says why and the exit code is 127, as the shell does it.
[[noreturn]] void execute_command(const std::string& command, const std::filesystem::path& folder,
                                  const std::vector<std::string>& environment = {});

}  // namespace wireproof
