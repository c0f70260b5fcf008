#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "catch.h"
#include "support/golden.h"
#include "support/program.h"

namespace wireproof {

namespace {

std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  if (!std::filesystem::exists(path)) return lines;
  std::istringstream text(read_golden(path));
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

std::string render_result(const ProgramResult& result) {
  return "exit " + std::to_string(result.exit_code) + "\n--- standard output\n" + result.out +
         "--- standard error\n" + result.error;
}

}  // namespace

TEST_CASE("each wrong command line, sheet and capture has its message and exit code", "[cli]") {
  for (const GoldenCase& golden : golden_cases("cli")) {
    const std::string actual =
        render_result(run_wireproof(golden.folder, read_lines(golden.file("input.args")),
                                    read_lines(golden.file("input.env"))));
    INFO("case " << golden.name);
    CHECK(actual == expect_golden(golden.file("expected.txt"), actual));
  }
}

TEST_CASE("a stack that is too small is told, and not found by a crash", "[cli]") {
  const std::string command =
      std::string("ulimit -s 64 && exec '") + WIREPROOF_PROGRAM + "' --version 2>/dev/null";
  const int status = std::system(command.c_str());
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 4);
}

}  // namespace wireproof
