#include "support/program.h"

#include <sys/wait.h>

#include <array>
#include <cstdlib>

#include "cli/options/command_line.h"

namespace wireproof {

ProgramResult run_words(const std::filesystem::path& folder, const std::vector<std::string>& words,
                        const std::vector<std::string>& environment) {
  const TemporaryFolder output;
  std::string command = "cd " + quote_for_shell(folder.string()) + " && exec env -i PATH=\"$PATH\"";
  for (const std::string& entry : environment) command += " " + quote_for_shell(entry);
  for (const std::string& word : words) command += " " + quote_for_shell(word);
  command += " </dev/null >" + quote_for_shell(output.file("out").string());
  command += " 2>" + quote_for_shell(output.file("error").string());
  const int status = std::system(command.c_str());
  ProgramResult result;
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  result.out = read_text(output.file("out"));
  result.error = read_text(output.file("error"));
  return result;
}

ProgramResult run_wireproof(const std::filesystem::path& folder,
                            const std::vector<std::string>& arguments,
                            const std::vector<std::string>& environment) {
  std::vector<std::string> words{WIREPROOF_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run_words(folder, words, environment);
}

}  // namespace wireproof
