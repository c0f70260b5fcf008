#include <exception>
#include <string>
#include <vector>

#include "base/system/process.h"
#include "cli/commands.h"

// The second of the two places where exceptions end (the first is a session's boundary): what the
// system refused is said with the attempt, and the program could not run.
int main(int argc, char** argv) {
  using wireproof::print_error;
  wireproof::fill_standard_descriptors();
  wireproof::raise_descriptor_limit();
  try {
    const std::vector<std::string> words(argv, argv + argc);
    const int code = wireproof::run_program(wireproof::read_command_line(words));
    wireproof::flush_output();
    return code;
  } catch (const std::exception& error) {
    print_error("error: " + std::string(error.what()) + "\n");
  }
  return wireproof::kExitCouldNotRun;
}
