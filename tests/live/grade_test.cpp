#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "cli/options/command_line.h"
#include "support/program.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

// A folder with the program `server`, a shell's script: its arguments are the port and wireproof.
void submit(const fs::path& folder, const std::string& script) {
  fs::create_directories(folder);
  std::ofstream(folder / "server") << "#!/bin/sh\n" << script << "\n";
  fs::permissions(folder / "server", fs::perms::owner_exec, fs::perm_options::add);
}

// One correct, one with a fault (the sheets send each message after the answer to the one before,
// so what it answers does not depend on luck), one that does not start, one that looks into its
// neighbours' folders before, one that takes the processes of all.
void submit_all(const fs::path& folder) {
  const std::string serve = "exec $2 serve echo-text";
  submit(folder / "anna", serve + " --port $1");
  submit(folder / "bert", serve + " --fault drop-last-byte --port $1");
  submit(folder / "cleo", "echo no compiler >&2; exit 3");
  submit(folder / "dora", "test -e ../anna/server && exit 4\n" + serve + " --port $1");
  submit(folder / "emil", "(f() { f | f & }; f) 2>/dev/null\n" + serve + " --port $1");
}

ProgramResult grade(const TemporaryFolder& folder, const std::string& run,
                    const std::string& state) {
  return run_wireproof(kSourceTree, {"grade",
                                     "--submissions",
                                     folder.file("class").string(),
                                     "--sheet-set",
                                     "echo-text",
                                     "--command",
                                     "{dir}/server {port} " + quote_for_shell(WIREPROOF_PROGRAM),
                                     "--only",
                                     "echo-text/one-message",
                                     "--only",
                                     "echo-text/several-messages",
                                     "--max-processes",
                                     "60",
                                     "-j",
                                     run,
                                     "--json",
                                     folder.file("book-" + run + ".json").string(),
                                     "--csv",
                                     folder.file("book-" + run + ".csv").string(),
                                     "--state",
                                     folder.file(state).string()});
}

nlohmann::json submission(const nlohmann::json& book, std::size_t index) {
  return book.at("submissions").at(index);
}

}  // namespace

TEST_CASE("a class is graded, the same however many are played at once, and goes on after a stop",
          "[live]") {
  const TemporaryFolder folder;
  submit_all(folder.file("class"));
  const ProgramResult first = grade(folder, "1", "state");
  INFO(first.out << first.error);
  CHECK(first.exit_code == 0);
  const auto book = nlohmann::json::parse(read_text(folder.file("book-1.json")));
  REQUIRE(book.at("submissions").size() == 5);
  CHECK(submission(book, 0).at("verdict") == "PASS");
  CHECK(submission(book, 0).at("points") == submission(book, 0).at("max_points"));
  CHECK(submission(book, 1).at("verdict") == "FAIL");
  CHECK(submission(book, 2).at("verdict") == "ERROR");
  CHECK(submission(book, 2).at("points") == 0);
  CHECK(submission(book, 2).at("error").get<std::string>().find("no compiler") !=
        std::string::npos);
  CHECK(submission(book, 3).at("verdict") == "PASS");
  CHECK(submission(book, 4).at("verdict") != "PASS");

  const ProgramResult second = grade(folder, "6", "other-state");
  CHECK(second.exit_code == 0);
  // Without the one that takes the machine's processes: when it is ended depends on the machine.
  auto again = nlohmann::json::parse(read_text(folder.file("book-6.json")));
  for (std::size_t index = 0; index < 4; ++index) {
    CHECK(submission(again, index) == submission(book, index));
  }

  fs::remove(folder.file("state") / "bert.json");
  const ProgramResult third = grade(folder, "2", "state");
  CHECK(third.exit_code == 0);
  CHECK(third.error.find("[1/1] bert") != std::string::npos);
  CHECK(read_text(folder.file("book-2.csv")) == read_text(folder.file("book-1.csv")));
}

TEST_CASE("somebody's client is judged by what it prints and by its packets", "[live]") {
  const auto verify = [](const std::string& program) {
    return run_wireproof(kSourceTree, {"verify-client", "echo-text", "--", program});
  };
  const std::string client = "bash scenarios/echo-text/client.bash {host} {port}";
  const ProgramResult right = verify(client);
  INFO(right.out << right.error);
  CHECK(right.exit_code == 0);
  CHECK(right.out.find("PASS") != std::string::npos);
  // Prints what is wanted and talks to nobody. A machine without time may leave it open, no more.
  const ProgramResult wrong = verify("sed -u 's/^/ECHO: /'; : {host} {port}");
  CHECK((wrong.exit_code == 1 || wrong.exit_code == 4));
  const ProgramResult none = run_wireproof(
      kSourceTree,
      {"verify-client", "echo-text", "--scenarios", "scenarios/print-udp", "--", client});
  CHECK(none.exit_code == 5);
}

}  // namespace wireproof
