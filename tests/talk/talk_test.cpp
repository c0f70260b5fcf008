#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/system/system_call.h"
#include "catch.h"
#include "support/program.h"

namespace wireproof {
namespace {

// `wireproof talk …` with files as its console; what it says beside is read as it comes.
class TalkProgram {
 public:
  TalkProgram(const std::string& input, const std::string& output,
              std::vector<std::string> arguments) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    said_.reset(ends[0]);
    UniqueFd write_end(ends[1]);
    arguments.insert(arguments.begin(), {WIREPROOF_PROGRAM, "talk"});
    std::vector<char*> words;
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    process_ = ::fork();
    REQUIRE(process_ >= 0);
    if (process_ > 0) return;
    ::dup2(::open(input.c_str(), O_RDONLY), STDIN_FILENO);
    ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    ::dup2(write_end.get(), STDERR_FILENO);
    ::execv(WIREPROOF_PROGRAM, words.data());
    ::_exit(127);
  }
  ~TalkProgram() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  TalkProgram(const TalkProgram&) = delete;
  TalkProgram& operator=(const TalkProgram&) = delete;

  std::string read_line() {
    std::string line;
    char letter = 0;
    while (::read(said_.get(), &letter, 1) == 1 && letter != '\n') line += letter;
    return line;
  }
  void interrupt() const { ::kill(process_, SIGINT); }
  int await_end() {
    int status = 0;
    REQUIRE(::waitpid(process_, &status, 0) == process_);
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t process_ = -1;
  UniqueFd said_;
};

// "talk: listens on 127.0.0.1:40000; Ctrl-C ends it" -> "127.0.0.1:40000"
std::string listening_address(TalkProgram& server) {
  const std::string line = server.read_line();
  const std::string start = "talk: listens on ";
  REQUIRE(line.starts_with(start));
  return line.substr(start.size(), line.find(';') - start.size());
}

std::string write_input(const TemporaryFolder& folder, const std::string& name,
                        const std::string& content) {
  const std::string path = folder.file(name).string();
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string read_output(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void exchange(const std::string& host) {
  const TemporaryFolder folder;
  std::string bytes;
  for (unsigned i = 0; i < 100000; ++i) bytes += static_cast<char>(i * i % 251);
  const std::string served = write_input(folder, "served", "from the server\n" + bytes);
  const std::string asked = write_input(folder, "asked", bytes + "from the client\n");
  const std::string server_out = folder.file("server.out").string();
  const std::string client_out = folder.file("client.out").string();
  TalkProgram server(served, server_out, {"--listen", "0", "--host", host});
  const std::string address = listening_address(server);
  TalkProgram client(asked, client_out, {address});
  CHECK(client.read_line().starts_with("talk: connected to " + address + " from "));
  CHECK(client.read_line() == "talk: " + address + " closed: 100016 bytes sent, 100016 received");
  CHECK(client.await_end() == 0);
  CHECK(server.await_end() == 0);
  CHECK(read_output(client_out) == read_output(served));
  CHECK(read_output(server_out) == read_output(asked));
}

}  // namespace

TEST_CASE("two talks exchange what is on their consoles, and nothing else", "[cli]") {
  exchange("127.0.0.1");
}

TEST_CASE("a talk over IPv6 is named with brackets", "[cli]") {
  const UniqueFd socket(::open("/proc/net/if_inet6", O_RDONLY));
  char first = 0;
  if (!socket || ::read(socket.get(), &first, 1) != 1) return;  // a machine without IPv6
  exchange("::1");
}

TEST_CASE("Ctrl-C ends a talk that waits for its client", "[cli]") {
  const TemporaryFolder folder;
  TalkProgram server("/dev/null", folder.file("out").string(), {"--listen", "0"});
  listening_address(server);
  server.interrupt();
  CHECK(server.read_line() == "talk: stopped: no peer came");
  CHECK(server.await_end() == 130);
}

}  // namespace wireproof
