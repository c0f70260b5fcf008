#include <sys/resource.h>

#include <exception>
#include <string>
#include <vector>

#include "base/system/process.h"
#include "cli/commands.h"

namespace {

// Below this a thread's first large buffer ends the program without a word.
constexpr rlim_t kLeastStackBytes = 128 * 1024;

bool has_stack() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= kLeastStackBytes;
}

}  // namespace

// The second of the two places where exceptions end (the first is a session's boundary): what the
// system refused is said with the attempt, and the program could not run.
int main(int argc, char** argv) {
  using wireproof::print_error;
  wireproof::fill_standard_descriptors();
  wireproof::raise_descriptor_limit();
  if (!has_stack()) {
    print_error("error: the stack is limited to less than 128 KiB (RLIMIT_STACK, `ulimit -s`)\n");
    return wireproof::kExitCouldNotRun;
  }
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
