#include <arpa/inet.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "base/system/system_call.h"
#include "catch.h"
#include "live/echo_server.h"
#include "live/echo_sheet.h"
#include "machine/host/doctor.h"
#include "play/runner/runner.h"
#include "support/in_private_network.h"

namespace wireproof {
namespace {

constexpr std::uint16_t kRemotePort = 7000;

void run(const std::string& command) {
  if (std::system((command + " 2>&1").c_str()) != 0) {
    throw std::runtime_error("failed: " + command);
  }
}

UniqueFd listen_everywhere() {
  UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in end{};
  end.sin_family = AF_INET;
  end.sin_port = htons(kRemotePort);
  check_call(::bind(listener.get(), reinterpret_cast<sockaddr*>(&end), sizeof end), "bind");
  check_call(::listen(listener.get(), 16), "listen");
  return listener;
}

// A server in a network namespace of its own, at the other end of a cable (10.9.8.2; this end is
// 10.9.8.1). Must be made in a private network.
class RemoteServer {
 public:
  // `serve` gets the listening socket.
  explicit RemoteServer(const std::function<void(int)>& serve) {
    std::array<int, 2> link{};
    check_call(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, link.data()), "open a link");
    const UniqueFd here(link[0]);
    const UniqueFd there(link[1]);
    process_ = ::fork();
    if (process_ == 0) live_there(there.get(), serve);
    await_byte(here.get());  // it is in its network
    const std::string name = std::to_string(process_);
    run("ip link add near type veth peer name far netns " + name);
    run("ip address add 10.9.8.1/24 dev near && ip link set near up");
    check_call(::write(here.get(), "c", 1), "say that the cable is there");
    await_byte(here.get());  // it listens
  }
  ~RemoteServer() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  RemoteServer(const RemoteServer&) = delete;
  RemoteServer& operator=(const RemoteServer&) = delete;

 private:
  static void await_byte(int fd) {
    char byte = 0;
    if (::read(fd, &byte, 1) != 1) throw std::runtime_error("the remote server has ended");
  }

  [[noreturn]] static void live_there(int link, const std::function<void(int)>& serve) {
    try {
      check_call(::unshare(CLONE_NEWNET), "enter a network namespace");
      check_call(::write(link, "n", 1), "say so");
      await_byte(link);
      run("ip address add 10.9.8.2/24 dev far && ip link set far up");
      const UniqueFd listener = listen_everywhere();
      check_call(::write(link, "l", 1), "say so");
      serve(listener.get());
    } catch (const std::exception&) {
    }
    ::_exit(1);
  }

  pid_t process_ = -1;
};

// Reads what a client says and closes without an answer.
void serve_nothing(int listener) {
  for (;;) {
    const UniqueFd connection = accept_one(listener);
    std::array<char, 16> request{};
    if (::recv(connection.get(), request.data(), request.size(), 0) < 0) return;
  }
}

std::string verify_at(const std::string& address) {
  RunOptions options;
  options.one_server = true;
  options.running = RunningServer{parse_ip_address(address).value(), kRemotePort, 0};
  const ServerTable servers{{"echo", ServerProgram{"echo", kRemotePort, 0, {}}}};
  const RunResult run = run_scenarios({echo_sheet("a", ServerAction::idle)}, servers, options, {});
  const ScenarioResult& result = run.scenarios.at(0).result;
  std::string text = render_verdict(result.verdict) + ": " + result.reason + "; ";
  text += result.soundness.faults.empty() ? "sound" : result.soundness.faults.front();
  text += result.history.find('f') != std::string::npos ? ", whole" : ", cut " + result.history;
  return text;
}

std::string verify_remote(const std::function<void(int)>& serve) {
  return run_in_private_network([&] {
    const RemoteServer server(serve);
    return verify_at("10.9.8.2");
  });
}

// Whether the machine lets one make a cable.
bool has_cables() {
  if (!is_installed("ip")) return false;
  return run_in_private_network([] {
           run("ip link add near type veth peer name far");
           return std::string("yes");
         }) == "yes";
}

}  // namespace

TEST_CASE("a server on another host is judged by the packets of the cable to it", "[session]") {
  if (!has_cables()) {
    WARN("skipped: this machine has no `ip` or no veth pairs");
    return;
  }
  CHECK(verify_remote(serve_echo) ==
        "PASS: Session not judged: server: act: the server runs on another host; sound, whole");
  const std::string wrong = verify_remote(serve_nothing);
  INFO(wrong);
  CHECK(wrong.starts_with("FAIL: the server closed the connection after 0 of 5 bytes"));
}

}  // namespace wireproof
