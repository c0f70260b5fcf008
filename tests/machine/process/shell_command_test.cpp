#include "machine/process/shell_command.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/system/process.h"
#include "catch.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

struct Ran {
  int exit_code = -1;
  std::string output;  // and what went to stderr
};

Ran run(const std::string& command, const fs::path& folder = {},
        const std::vector<std::string>& environment = {}) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    PreparedCommand(command, folder, environment).execute();
  }
  ::close(ends[1]);
  Ran ran;
  std::array<char, 256> buffer{};
  for (ssize_t size = 0; (size = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
    ran.output.append(buffer.data(), static_cast<std::size_t>(size));
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFEXITED(status)) ran.exit_code = WEXITSTATUS(status);
  return ran;
}

}  // namespace

TEST_CASE("a program has the variables that come over our own, and the others", "[session]") {
  const std::string path = ::getenv("PATH");
  const std::vector<std::string> over = {"HOME=/nowhere", "WIREPROOF_TEST=a b"};
  const std::string shown = "$HOME|$WIREPROOF_TEST|$PATH";
  const std::string expected = "/nowhere|a b|" + path + "\n";
  CHECK(run("echo \"" + shown + "\"", {}, over).output == expected);
  const std::string plain = run("/usr/bin/env", {}, over).output;
  CHECK(plain.find("HOME=/nowhere\n") != std::string::npos);
  CHECK(plain.find("HOME=/nowhere\n") == plain.rfind("HOME="));
}

TEST_CASE("the shell becomes the program where it has nothing else to do", "[session]") {
  CHECK(become_command("sh server.sh") == "exec sh server.sh");
  CHECK(become_command(" ./server a") == "exec  ./server a");
  CHECK(become_command("./server \"$HOME\" 1") == "exec ./server \"$HOME\" 1");
  for (const char* command : {"", "exit 3", "X=1 sh a", "sh a | sh b", "sh a; sh b", "exec sh a",
                              "sh a > log", "no-such-program-here", "(sh a)", "'sh' a"}) {
    CHECK(become_command(command) == command);
  }
}

TEST_CASE("words without anything of the shell's are the arguments of a program", "[session]") {
  const Ran ran = run("/bin/echo  one two=2,  three");
  CHECK(ran.exit_code == 0);
  CHECK(ran.output == "one two=2, three\n");
  CHECK(run("/bin/echo 'one  two' $((1 + 2))").output == "one  two 3\n");
  CHECK(run("exit 7").exit_code == 7);
}

TEST_CASE("a command that cannot be executed has the shell's exit code and reason", "[session]") {
  const Ran missing = run("/no/such/program 5005");
  CHECK(missing.exit_code == kCannotExecute);
  CHECK_THAT(missing.output, Catch::Contains("/no/such/program") && Catch::Contains("not found"));
  const Ran nowhere = run("/bin/true", "/no/such/folder");
  CHECK(nowhere.exit_code == kCannotExecute);
  CHECK_THAT(nowhere.output, Catch::Contains("/no/such/folder"));
}

TEST_CASE("a script that names no interpreter is the shell's, in its folder", "[session]") {
  const TemporaryFolder folder;
  const fs::path script = folder.file("server");
  std::ofstream(script) << "echo \"$1\"; exit 3\n";
  fs::permissions(script, fs::perms::owner_exec, fs::perm_options::add);
  const Ran ran = run("./server 5005", script.parent_path());
  CHECK(ran.exit_code == 3);
  CHECK(ran.output == "5005\n");
}

TEST_CASE("a program is called by the file that a person would name", "[session]") {
  struct Named {
    const char* command;
    const char* name;
  };
  const std::vector<Named> cases{
      {"python3 server.py", "server.py"},
      {"python3 -u ./exercise/server.py 12345", "server.py"},
      {"/usr/bin/python3.11 client.py", "client.py"},
      {"PORT=1 ./server --port=2", "server"},
      {"java -cp classes Main", "Main"},
      {"java -jar 'my server.jar' 1", "my server.jar"},
      {"exec node app.js", "app.js"},
      {"go run main.go", "main.go"},
      {"python3 -c 'print(1)'", "python3"},
      {"sh -c './x'", "sh"},
      {"env LANG=C ./client a", "client"},
      {"", "program"},
  };
  for (const Named& named : cases) {
    INFO(named.command);
    CHECK(program_name(named.command) == named.name);
  }
}

TEST_CASE("programs of one name are numbered from the second on", "[session]") {
  CHECK(program_names({"node a.js", "./a.js", "b", "a.js"}) ==
        std::vector<std::string>{"a.js", "a.js#2", "b", "a.js#3"});
}

}  // namespace wireproof
