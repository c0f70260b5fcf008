#include "students/student_programs.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "machine/host/doctor.h"
#include "machine/host/socket_list.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

bool listens(std::uint16_t port) {
  return is_listening(ListenProtocol::tcp, port) || is_listening(ListenProtocol::udp, port);
}

[[noreturn]] void become(const std::vector<std::string>& command) {
  ::setpgid(0, 0);
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) ::dup2(nowhere, fd);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

std::optional<std::vector<std::string>> prepare_student(const std::string& program,
                                                        const fs::path& folder) {
  const fs::path source = fs::path(WIREPROOF_SOURCE_DIR) / "tests/students/programs" / program;
  const std::string kind = source.extension();
  const std::string name = source.stem();
  if (kind == ".py" && is_installed("python3")) return {{"python3", "-u", source}};
  if (kind == ".js" && is_installed("node")) return {{"node", source}};
  if (kind == ".c" && is_installed("cc")) {
    const fs::path built = folder / name;
    run("cc -O1 -pthread -o '" + built.string() + "' '" + source.string() + "'");
    return {{built}};
  }
  if (kind == ".java" && is_installed("javac") && is_installed("java")) {
    run("javac -d '" + folder.string() + "' '" + source.string() + "'");
    return {{"java", "-XX:TieredStopAtLevel=1", "-cp", folder, name}};
  }
  return std::nullopt;
}

StudentProcess::StudentProcess(const std::vector<std::string>& command, std::uint16_t port) {
  constexpr int kLooks = 3000;  // of 10 ms: a virtual machine on a busy processor takes its time
  process_ = ::fork();
  if (process_ == 0) become(command);
  for (int look = 0; !listens(port); ++look) {
    const bool has_ended = ::waitpid(process_, nullptr, WNOHANG) == process_;
    if (has_ended) process_ = -1;
    if (has_ended || look == kLooks) throw std::runtime_error("it does not listen");
    ::poll(nullptr, 0, 10);
  }
}

StudentProcess::~StudentProcess() {
  if (process_ <= 0) return;
  ::kill(-process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

}  // namespace wireproof
