#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wireproof {

// The same command for `sh -c` such that the shell becomes the program where it has nothing else to
// do: then signals, the exit code and the process id are the program's own. Commands that need the
// shell (`a | b`, `X=1 a`, builtins) stay as they are.
std::string become_command(const std::string& command);

// "/no/such/folder: No such file or directory", as perror(3) says it, by system calls alone: for a
// child that borrows its parent's memory (vfork_process).
void say_error(int fd, const char* attempt, int error_number);

// A command as execve(2) wants it, made before the fork.
class PreparedCommand {
 public:
  // To run in `folder` (empty: where the process is), with this process's environment but for the
  // variables in `environment` ("NAME=VALUE").
  PreparedCommand(const std::string& command, std::filesystem::path folder,
                  std::vector<std::string> environment);
  PreparedCommand(const PreparedCommand&) = delete;
  PreparedCommand& operator=(const PreparedCommand&) = delete;

  // For a forked process: the program takes its place. Where that fails, stderr says why and the
  // exit code is kCannotExecute. Makes system calls only.
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

// What a person calls the program of a command: "server.py" of `python3 -u ./server.py 12345`,
// "Main" of `java -cp classes Main`, "server" of `PORT=1 ./server &`.
std::string program_name(const std::string& command);

// The names of several programs; where two are alike, the later is "client.py#2".
std::vector<std::string> program_names(const std::vector<std::string>& commands);

}  // namespace wireproof
