#include "base/system/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <set>
#include <thread>

#include "base/system/system_call.h"
#include "catch.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

// Makes every file of this process end at so many bytes while it lives, as a full disk does.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

}  // namespace

TEST_CASE("a file is read whole, or as far as is allowed", "[base]") {
  const TemporaryFolder folder;
  const std::string text(100'000, 'x');
  write_file(folder.file("a"), text + "end");
  CHECK(read_file(folder.file("a")) == text + "end");
  CHECK(read_file(folder.file("a"), 70'000) == text.substr(0, 70'000));
  CHECK(read_file("/dev/zero", 10) == std::string(10, '\0'));
}

TEST_CASE("a file that cannot be read is named", "[base]") {
  CHECK_THROWS_WITH(read_file("/no/file"), "read /no/file: no such file or directory");
  CHECK_THROWS_WITH(read_file("/tmp"), "read /tmp: is a directory");
}

TEST_CASE("a new file is written as the umask wants it, and nothing beside it", "[base]") {
  const TemporaryFolder folder;
  const mode_t before = ::umask(027);
  write_file(folder.file("a"), "new");
  ::umask(before);
  CHECK(read_file(folder.file("a")) == "new");
  CHECK(mode_of(folder.file("a")) == 0640);
  CHECK(names_in(folder.path()) == std::set<std::string>{"a"});
}

TEST_CASE("an old file keeps its mode, and what it held until it is written", "[base]") {
  const TemporaryFolder folder;
  const fs::path path = folder.file("a");
  write_file(path, "a longer old text");
  REQUIRE(::chmod(path.c_str(), 0604) == 0);
  OutputFile output(path, "write it");
  CHECK(read_file(path) == "a longer old text");
  output.write("new");
  CHECK(read_file(path) == "new");
  CHECK(mode_of(path) == 0604);
  CHECK(names_in(folder.path()) == std::set<std::string>{"a"});
}

TEST_CASE("a file says what there is until it is written", "[base]") {
  const TemporaryFolder folder;
  OutputFile output(folder.file("a"), "write it");
  output.update("one");
  CHECK(read_file(folder.file("a")) == "one");
  output.update("one, two");
  CHECK(read_file(folder.file("a")) == "one, two");
  output.write("all");
  CHECK(read_file(folder.file("a")) == "all");
  CHECK(names_in(folder.path()) == std::set<std::string>{"a"});
}

TEST_CASE("only what can be replaced is brought up to date", "[base]") {
  const TemporaryFolder folder;
  write_file(folder.file("a"), "old");
  fs::create_hard_link(folder.file("a"), folder.file("b"));  // it is written into
  OutputFile output(folder.file("a"), "write it");
  output.update("half");
  CHECK(read_file(folder.file("b")) == "old");
  output.write("all");
  CHECK(read_file(folder.file("b")) == "all");
}

TEST_CASE("nothing is made before a file is written, and nothing stays of one", "[base]") {
  const TemporaryFolder folder;
  OutputFile output(folder.file("a"), "write it");
  CHECK(names_in(folder.path()).empty());
  output.write("new");
  CHECK(names_in(folder.path()) == std::set<std::string>{"a"});
}

TEST_CASE("a name of any length is written whole", "[base]") {
  const TemporaryFolder folder;
  const std::string name(255, 'n');
  write_file(folder.file(name), "old");
  const FullDisk full(1000);
  CHECK_THROWS_AS(write_file(folder.file(name), std::string(2000, 'x')), SystemError);
  CHECK(read_file(folder.file(name)) == "old");
}

TEST_CASE("a link that waits beside a file is not followed", "[base]") {
  const TemporaryFolder folder;
  write_file(folder.file("victim"), "untouched");
  write_file(folder.file("a"), "old");
  fs::create_symlink("victim", folder.file("a.new"));
  for (int number = 0; number < 3; ++number) {
    fs::create_symlink("victim", folder.file(".wireproof-" + std::to_string(number)));
  }
  write_file(folder.file("a"), "new");
  CHECK(read_file(folder.file("a")) == "new");
  CHECK_FALSE(fs::is_symlink(folder.file("a")));
  CHECK(read_file(folder.file("victim")) == "untouched");
}

TEST_CASE("what a killed writer has left behind is cleared away, and no other's", "[base]") {
  const TemporaryFolder folder;
  write_file(folder.file("a"), "old");
  write_file(folder.file(".wireproof-0"), "half");  // nobody has it open
  write_file(folder.file("a"), "new");
  CHECK(names_in(folder.path()) == std::set<std::string>{"a"});
  write_file(folder.file(".wireproof-0"), "half");
  const UniqueFd held(::open(folder.file(".wireproof-0").c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(::flock(held.get(), LOCK_EX | LOCK_NB) == 0);  // as its writer does
  write_file(folder.file("a"), "newer");
  CHECK(read_file(folder.file("a")) == "newer");
  CHECK(names_in(folder.path()) == std::set<std::string>{".wireproof-0", "a"});
}

TEST_CASE("a missing folder is made", "[base]") {
  const TemporaryFolder folder;
  write_file(folder.file("out/of/runs/a"), "new");
  CHECK(read_file(folder.file("out/of/runs/a")) == "new");
}

TEST_CASE("a full disk leaves the old text", "[base]") {
  const TemporaryFolder folder;
  const fs::path path = folder.file("a");
  write_file(path, "old");
  {
    const FullDisk full(1000);
    CHECK_THROWS_WITH(write_file(path, std::string(2000, 'x')),
                      "write " + path.string() + ": file too large");
  }
  CHECK(read_file(path) == "old");
  CHECK(names_in(folder.path()) == std::set<std::string>{"a"});
}

TEST_CASE("a symbolic link stays, and what it leads to is written", "[base]") {
  const TemporaryFolder folder;
  write_file(folder.file("a"), "old");
  fs::create_symlink("a", folder.file("link"));
  fs::create_symlink("b", folder.file("dangling"));
  write_file(folder.file("link"), "new");
  write_file(folder.file("dangling"), "made");
  CHECK(fs::is_symlink(folder.file("link")));
  CHECK(read_file(folder.file("a")) == "new");
  CHECK(fs::is_symlink(folder.file("dangling")));
  CHECK(read_file(folder.file("b")) == "made");
}

TEST_CASE("a file with two names keeps both", "[base]") {
  const TemporaryFolder folder;
  write_file(folder.file("a"), "a longer old text");
  fs::create_hard_link(folder.file("a"), folder.file("b"));
  write_file(folder.file("a"), "new");
  CHECK(read_file(folder.file("b")) == "new");
}

TEST_CASE("a device stays a device", "[base]") {
  write_file("/dev/null", "gone");
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_THROWS_WITH(write_file("/dev/full", "gone"), "write /dev/full: no space left on device");
  CHECK(fs::is_character_file("/dev/full"));
}

TEST_CASE("a named pipe stays one, and its reader gets the text", "[base]") {
  const TemporaryFolder folder;
  const fs::path path = folder.file("pipe");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  std::string text;
  std::thread reader([&] { text = read_file(path); });
  write_file(path, "through");
  reader.join();
  CHECK(text == "through");
  CHECK(fs::is_fifo(path));
}

TEST_CASE("what standard error goes to is gone on with", "[base]") {
  const TemporaryFolder folder;
  const UniqueFd before(::dup(STDERR_FILENO));
  const UniqueFd log(::open(folder.file("log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ::dup2(log.get(), STDERR_FILENO);
  write_all(STDERR_FILENO, "before, ", "log");
  write_file(folder.file("log"), "the report, ");
  write_all(STDERR_FILENO, "after", "log");
  ::dup2(before.get(), STDERR_FILENO);
  CHECK(read_file(folder.file("log")) == "before, the report, after");
}

TEST_CASE("a path that cannot be written is refused before there is anything to write", "[base]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(OutputFile(folder.path(), "keep the result"),
                    "keep the result: is a directory");
  write_file(folder.file("a"), "a file");
  CHECK_THROWS_WITH(OutputFile(folder.file("a/b"), "keep the result"),
                    "keep the result: not a directory");
  CHECK_THROWS_WITH(OutputFile("/proc/b", "keep the result"),
                    "keep the result: no such file or directory");
}

}  // namespace wireproof
