// The `wireproof` at the top of the archive: starts libexec/wireproof with the loader and the
// libraries of lib/, wherever the archive lies and whichever libraries the machine has.
//
// It is a program of its own, linked statically, and no shell script: the kernel tells it where it
// lies, through symbolic links and blanks, without a shell, readlink or another process. The loader
// is told the libraries as an argument, since LD_LIBRARY_PATH would reach the programs under test.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr int kCouldNotRun = 4;  // the program's own exit code for it (result/verdict.h)

int refuse(const std::string& text) {
  const std::string line = "error: " + text + "\n";
  const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
  return written < 0 ? kCouldNotRun + 1 : kCouldNotRun;
}

}  // namespace

int main(int argc, char** argv) {
  std::array<char, PATH_MAX> own{};
  const ssize_t size = ::readlink("/proc/self/exe", own.data(), own.size());
  if (size <= 0) return refuse(std::string("read /proc/self/exe: ") + std::strerror(errno));
  std::string folder(own.data(), static_cast<std::size_t>(size));
  folder.resize(folder.rfind('/'));
  // What separates folders in the loader's argument cannot be part of one (ld.so(8)).
  if (folder.find_first_of(":;") != std::string::npos) {
    return refuse("wireproof lies in " + folder +
                  ": move it to a folder without `:` and `;` in its path");
  }
  const std::string loader = folder + "/lib/" WIREPROOF_LOADER;
  const std::string libraries = folder + "/lib";
  const std::string program = folder + "/libexec/wireproof";
  // --inhibit-cache: no library of the machine comes in between.
  std::vector<const char*> words{loader.c_str(),    "--inhibit-cache", "--library-path",
                                 libraries.c_str(), "--argv0",         argc > 0 ? argv[0] : "",
                                 program.c_str()};
  for (int index = 1; index < argc; ++index) words.push_back(argv[index]);
  words.push_back(nullptr);
  ::execv(loader.c_str(), const_cast<char* const*>(words.data()));
  return refuse("execute " + loader + ": " + std::strerror(errno));
}
