#include "machine/process/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

#include "base/system/system_call.h"
#include "machine/host/child_processes.h"
#include "machine/host/listening.h"
#include "machine/process/fork_actor.h"
#include "machine/process/server_child.h"
#include "result/run_result.h"

namespace wireproof {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kFirstLook{1};  // how often the kernel is asked whether a command listens
constexpr Milliseconds kLastLook{20};

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe open_pipe() {
  std::array<int, 2> ends{};
  check_call(::pipe2(ends.data(), O_CLOEXEC), "open a pipe");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Milliseconds left_until(Clock::time_point deadline) {
  return std::max(Milliseconds(0), std::chrono::ceil<Milliseconds>(deadline - Clock::now()));
}

template <std::size_t kCount>
void await_any(std::array<pollfd, kCount>& entries, Milliseconds limit) {
  const int ready = ::poll(entries.data(), kCount, static_cast<int>(limit.count()));
  if (ready < 0 && errno != EINTR) throw SystemError("wait for the server", errno);
}

void replace_all(std::string& text, const std::string& name, const std::string& value) {
  for (std::size_t at = text.find(name); at != std::string::npos;
       at = text.find(name, at + value.size())) {
    text.replace(at, name.size(), value);
  }
}

std::uint16_t main_port(const ServerStart& start) {
  return start.tcp_port != 0 ? start.tcp_port : start.udp_port;
}

}  // namespace

std::string fill_command(const std::string& command, const ServerStart& start) {
  std::string filled = command;
  replace_all(filled, "{host}", start.host);
  replace_all(filled, "{port}", std::to_string(main_port(start)));
  return filled;
}

ServerProcess::ServerProcess(ServerLaunch launch) : launch_(std::move(launch)) {
  Pipe output = open_pipe();
  output_read_ = std::move(output.read);
  output_write_ = std::move(output.write);
  check_call(::fcntl(output_read_.get(), F_SETFL, O_NONBLOCK), "make a pipe non-blocking");
  this->launch();
}

ServerProcess::~ServerProcess() {
  if (process_ <= 0) return;
  kill_group();
  reap(0);
}

// A program in a sandbox makes a group of its own only a moment after the fork.
void ServerProcess::kill_group() const {
  ::kill(-process_, SIGKILL);
  if (alive_) ::kill(process_, SIGKILL);
}

void ServerProcess::launch() {
  port_in_use_ = is_command() && is_listening();
  if (port_in_use_) refuse("the port is in use by another program");
  Pipe ready = open_pipe();
  process_ = fork_server(is_command() ? -1 : ready.write.get());
  if (launch_.sandbox == nullptr) ::setpgid(process_, process_);  // whoever comes first
  alive_ = true;
  stopped_ = false;
  is_restless_ = false;
  ended_ = open_process(process_);
  ready.write.reset();
  if (is_command()) {
    await_listening();
  } else {
    await_ready(ready.read);
  }
}

pid_t ServerProcess::fork_server(int ready_fd) {
  const pid_t parent = ::getpid();
  const Fork fork = is_command() ? vfork_process : fork_process;
  std::optional<PreparedCommand> command;
  if (is_command()) {
    command.emplace(fill_command(launch_.command, launch_.start), launch_.folder,
                    environment_of(launch_.sandbox));
  }
  return fork_actor({"server", Side::server}, {launch_.tracer, launch_.sandbox}, fork,
                    [&]() -> int {
                      become_server(launch_, command ? &*command : nullptr, parent,
                                    output_write_.get(), ready_fd);
                    });
}

void ServerProcess::await_ready(const UniqueFd& ready) {
  const auto deadline = Clock::now() + launch_.start_limit;
  for (;;) {
    const Milliseconds left = left_until(deadline);
    if (left.count() == 0) refuse("it did not listen within the time");
    std::array<pollfd, 2> entries{pollfd{ready.get(), POLLIN, 0},
                                  pollfd{output_read_.get(), POLLIN, 0}};
    await_any(entries, left);
    drain_output();
    if (entries[0].revents == 0) continue;
    char byte = 0;
    if (::read(ready.get(), &byte, 1) == 1) return;
    reap(0);
    refuse("it " + describe_end() + " before it listened");
  }
}

void ServerProcess::await_listening() {
  const auto deadline = Clock::now() + launch_.start_limit;
  for (Milliseconds look = kFirstLook; !is_listening(); look = std::min(look * 2, kLastLook)) {
    if (!is_alive()) refuse("it " + describe_end() + " before it listened");
    if (left_until(deadline).count() == 0) refuse("it did not listen within the time");
    std::array<pollfd, 2> entries{pollfd{ended_.get(), POLLIN, 0},
                                  pollfd{output_read_.get(), POLLIN, 0}};
    await_any(entries, look);
    drain_output();
  }
}

bool ServerProcess::is_listening() const {
  const ServerStart& start = launch_.start;
  return (start.tcp_port == 0 || wireproof::is_listening(ListenProtocol::tcp, start.tcp_port)) &&
         (start.udp_port == 0 || wireproof::is_listening(ListenProtocol::udp, start.udp_port));
}

void ServerProcess::refuse(const std::string& reason) {
  drain_output();
  // strerror(EADDRINUSE), which every runtime passes on: no other sign leaves the program.
  if (output_.find("in use") != std::string::npos) port_in_use_ = true;
  const std::string what = is_command() ? "`" + fill_command(launch_.command, launch_.start) + "`"
                                        : std::string("the server");
  std::string text = "start " + what + " on " + launch_.start.host + ":" +
                     std::to_string(main_port(launch_.start)) + ": " + reason;
  if (!output_.empty()) text += "; it said: " + output_;
  if (process_ > 0) {
    kill_group();
    reap(0);
    process_ = -1;
  }
  throw ServerStartError(text);
}

void ServerProcess::reap(int flags) {
  if (!alive_) return;
  if (launch_.tracer != nullptr) {
    // Its end is the tracer's to wait for.
    const auto status = flags == WNOHANG ? launch_.tracer->end_status(process_)
                                         : launch_.tracer->await_end(process_);
    alive_ = !status;
    status_ = status.value_or(0);
  } else if (::waitpid(process_, &status_, flags) == process_) {
    alive_ = false;
  }
}

bool ServerProcess::is_alive() {
  reap(WNOHANG);
  return alive_;
}

std::string ServerProcess::unasked_end() {
  return is_alive() || stopped_ ? "" : describe_end();
}

std::string ServerProcess::describe_end() {
  const std::string overrun = launch_.sandbox == nullptr ? "" : launch_.sandbox->overrun();
  return overrun.empty() ? render_wait_status(status_) : "was ended by the sandbox: it " + overrun;
}

bool ServerProcess::is_at_rest() const {
  // In this order: a datagram is queued before its reader is woken.
  const std::uint16_t udp_port = launch_.start.udp_port;
  if ((udp_port != 0 && has_unread_datagrams(udp_port)) || !is_asleep(process_)) return false;
  return !is_command() || std::ranges::all_of(descendant_processes(process_), is_asleep);
}

void ServerProcess::await_rest(Milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (is_alive() && !is_at_rest()) {
    if (is_restless_ || Clock::now() >= deadline) {
      is_restless_ = true;
      return;
    }
    ::poll(nullptr, 0, static_cast<int>(kFirstLook.count()));
  }
}

bool ServerProcess::await_end(Milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (is_alive()) {
    const Milliseconds left = left_until(deadline);
    if (left.count() == 0) return false;
    std::array<pollfd, 2> entries{pollfd{ended_.get(), POLLIN, 0},
                                  pollfd{output_read_.get(), POLLIN, 0}};
    await_any(entries, left);
    drain_output();
  }
  return true;
}

std::string ServerProcess::stop() {
  if (!is_alive()) return "the server had ended already: it " + describe_end();
  stopped_ = true;
  ::kill(-process_, SIGINT);
  const bool ended = await_end(launch_.stop_limit);
  kill_group();  // the rest of the group, too
  reap(0);
  drain_output();
  if (!ended) {
    return "the server did not end within " + render_duration(launch_.stop_limit) + " of SIGINT";
  }
  return "";
}

std::string ServerProcess::restart() {
  const std::string refused = stop();
  if (!refused.empty()) return refused;
  try {
    launch();
  } catch (const std::runtime_error& error) {
    stopped_ = true;  // it never was there to be ended by a client
    return error.what();
  }
  return "";
}

void ServerProcess::drain_output() {
  std::array<char, 4096> buffer{};
  // A program that never stops talking must not keep us listening.
  for (std::size_t taken = 0; taken < kMaxServerOutput;) {
    const ssize_t size = ::read(output_read_.get(), buffer.data(), buffer.size());
    if (size <= 0) return;
    taken += static_cast<std::size_t>(size);
    const std::size_t room = kMaxServerOutput - output_.size();
    output_.append(buffer.data(), std::min(room, static_cast<std::size_t>(size)));
  }
}

}  // namespace wireproof
