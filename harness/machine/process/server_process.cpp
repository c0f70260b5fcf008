#include "machine/process/server_process.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <utility>

#include "base/system/deadline.h"
#include "base/system/system_call.h"
#include "base/text/address.h"
#include "base/text/last_words.h"
#include "base/text/time.h"
#include "machine/host/child_processes.h"
#include "machine/host/socket_list.h"

namespace wireproof {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kFirstLook{1};  // how often the kernel is asked whether a command listens
constexpr Milliseconds kLastLook{20};

std::uint16_t main_port(const ServerStart& start) {
  return start.tcp_port != 0 ? start.tcp_port : start.udp_port;
}

// In the forked process.
int serve_there(const ServerLaunch& launch) {
  ServerStart start = launch.start;
  start.ready_fd = kReadyFd;
  int code = 1;
  try {
    code = launch.serve(start);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
  }
  std::cout.flush();
  std::fflush(nullptr);
  return code;
}

// What the words of an errno that bind() and listen() give mean for a server that did not start;
// every runtime passes on strerror's.
std::string tell_errno(std::string_view output) {
  constexpr std::pair<std::string_view, std::string_view> kMeanings[] = {
      {"assign requested address",
       "it binds an address that this machine does not have: bind 0.0.0.0 (all addresses) or "
       "127.0.0.1"},
      {"EADDRNOTAVAIL",
       "it binds an address that this machine does not have: bind 0.0.0.0 (all addresses) or "
       "127.0.0.1"},
      {"Permission denied", "ports below 1024 are for root, or a file may not be read"}};
  for (const auto& [words, meaning] : kMeanings) {
    if (output.find(words) != std::string_view::npos) return fmt::format("; {}", meaning);
  }
  return "";
}

}  // namespace

std::string fill_command(const std::string& command, const ServerStart& start) {
  std::string filled = command;
  boost::replace_all(filled, "{host}", start.host);
  boost::replace_all(filled, "{port}", std::to_string(main_port(start)));
  return filled;
}

bool StartLimit::is_over(const std::function<Duration()>& missing) {
  if (!deadline_.is_over()) return false;
  const Duration lacking = missing() - granted_;
  lacked_time_ = !machine_gave_time(lacking, limit_);
  const Duration more = std::min(lacking, (kMostPatience - 1) * limit_ - granted_);
  if (!lacked_time_ || more <= Duration(0)) return true;
  granted_ += more;
  deadline_ = Deadline(more);
  return false;
}

ServerProcess::ServerProcess(ServerLaunch launch) : launch_(std::move(launch)) {
  this->launch();
}

void ServerProcess::launch() {
  port_in_use_ = is_command() && is_listening();
  if (port_in_use_) refuse("the port is in use by another program");
  stopped_ = false;
  is_restless_ = false;
  ran_before_ = Duration(0);
  looked_ = Deadline::Clock::now();
  if (launch_.stalls != nullptr) still_before_ = launch_.stalls->stood_still();
  Pipe ready = open_pipe();
  ProgramLaunch launch;
  launch.actor = {"server", Side::server};
  launch.folder = launch_.folder;
  launch.sandbox = launch_.sandbox;
  launch.tracer = launch_.tracer;
  if (is_command()) {
    launch.command = fill_command(launch_.command, launch_.start);
    program_.emplace(launch, streams_);
    await_listening();
  } else {
    launch.serve = [this] { return serve_there(launch_); };
    launch.ready_fd = ready.write.get();
    program_.emplace(launch, streams_);
    ready.write.reset();
    await_ready(ready.read.get());
  }
}

// Since the program was started. A wait for a CPU is in the account once it is over: one that lasts
// still began at the last look at the latest where nothing has run since then.
Duration ServerProcess::missing_time() {
  const CpuAccount account = read_cpu_account_of_tree(process());
  const auto now = Deadline::Clock::now();
  Duration missing = account.waited;
  if (account.ran == ran_before_ && !is_tree_asleep(process())) missing += now - looked_;
  ran_before_ = account.ran;
  looked_ = now;
  if (launch_.stalls != nullptr) missing += launch_.stalls->stood_still() - still_before_;
  return missing;
}

void ServerProcess::refuse_late(const StartLimit& limit) {
  if (!limit.lacked_time()) refuse("it did not listen within the time" + other_transport() + other_port());
  refuse(
      "it did not listen within the time, in which it waited for a CPU or the machine stood still",
      true);
}

void ServerProcess::await_ready(int ready_fd) {
  StartLimit limit(launch_.start_limit);
  while (!is_readable(ready_fd) && is_alive()) {
    if (limit.is_over([this] { return missing_time(); })) refuse_late(limit);
    program_->wait(std::chrono::ceil<Milliseconds>(limit.left()), ready_fd);
  }
  char byte = 0;
  if (is_readable(ready_fd) && ::read(ready_fd, &byte, 1) == 1) return;
  program_->await_end(std::chrono::ceil<Milliseconds>(limit.left()));
  program_->end();
  refuse("it " + describe_end() + " before it listened");
}

// Of a program that speaks the other transport alone; empty: it does not speak that either.
std::string ServerProcess::other_transport() const {
  const ServerStart& start = launch_.start;
  const bool lacks_tcp =
      start.tcp_port != 0 && !wireproof::is_listening(ListenProtocol::tcp, start.tcp_port);
  const std::uint16_t port = lacks_tcp ? start.tcp_port : start.udp_port;
  const auto other = lacks_tcp ? ListenProtocol::udp : ListenProtocol::tcp;
  if (port == 0 || !wireproof::is_listening(other, port)) return "";
  return fmt::format(": it has port {} for {}, and this sheet needs {}", port,
                     lacks_tcp ? "UDP" : "TCP", lacks_tcp ? "TCP" : "UDP");
}

// Of a program that has another port than it should; empty: it has none.
std::string ServerProcess::other_port() const {
  const ServerStart& start = launch_.start;
  std::vector<pid_t> own = descendant_processes(process());
  own.push_back(process());
  const auto host = parse_ip_address(start.host);
  const auto tell = [&](ListenProtocol protocol, std::uint16_t wanted, const char* name) {
    if (!host || wanted == 0 || wireproof::is_listening(protocol, wanted)) return std::string();
    for (const std::uint16_t port : find_listening_ports(protocol)) {
      const pid_t holder = find_listening_process(protocol, {*host, port}).process;
      if (std::ranges::find(own, holder) == own.end()) continue;
      return fmt::format(": it has {} port {}, not {}", name, port, wanted);
    }
    return std::string();
  };
  const std::string tcp = tell(ListenProtocol::tcp, start.tcp_port, "TCP");
  return tcp.empty() ? tell(ListenProtocol::udp, start.udp_port, "UDP") : tcp;
}

void ServerProcess::await_listening() {
  StartLimit limit(launch_.start_limit);
  for (Milliseconds look = kFirstLook; !is_listening(); look = std::min(look * 2, kLastLook)) {
    if (!is_alive()) refuse("it " + describe_end() + " before it listened");
    if (limit.is_over([this] { return missing_time(); })) refuse_late(limit);
    program_->wait(look);
  }
}

bool ServerProcess::is_listening() const {
  const ServerStart& start = launch_.start;
  return (start.tcp_port == 0 || wireproof::is_listening(ListenProtocol::tcp, start.tcp_port)) &&
         (start.udp_port == 0 || wireproof::is_listening(ListenProtocol::udp, start.udp_port));
}

void ServerProcess::refuse(const std::string& reason, bool lacked_time) {
  drain_output();
  // strerror(EADDRINUSE), which every runtime passes on: no other sign leaves the program.
  if (output().find("in use") != std::string::npos) port_in_use_ = true;
  const std::string what = is_command() ? "`" + fill_command(launch_.command, launch_.start) + "`"
                                        : std::string("the server");
  std::string text = "start " + what + " on " + launch_.start.host + ":" +
                     std::to_string(main_port(launch_.start)) + ": " + reason;
  const std::string words = find_last_words(output());
  if (!output().empty()) text += "; it said: " + (words.empty() ? output() : words);
  text += tell_errno(output());
  program_.reset();
  ServerStartError error(text);
  error.lacked_time = lacked_time;
  throw error;
}

std::string ServerProcess::unasked_end() {
  return is_alive() || stopped_ ? "" : describe_end();
}

// Of one that has ended.
std::string ServerProcess::describe_end() {
  return render_process_end(program_->how_ended().value());
}

bool ServerProcess::is_at_rest() const {
  // In this order: a datagram is queued before its reader is woken.
  const std::uint16_t udp_port = launch_.start.udp_port;
  if (udp_port != 0 && has_unread_datagrams(udp_port)) return false;
  return is_command() ? is_tree_asleep(process()) : is_asleep(process());
}

void ServerProcess::await_rest(Milliseconds limit) {
  if (is_restless_) limit = Milliseconds(0);
  if (!look_until(Deadline(limit), [this] { return !is_alive() || is_at_rest(); })) {
    is_restless_ = true;
  }
}

std::string ServerProcess::stop() {
  if (!is_alive()) {
    return "the server had ended already: it " +
           (program_ ? describe_end() : std::string("could not be started again"));
  }
  stopped_ = true;
  program_->signal_group(SIGINT);
  const bool ended = program_->await_end(launch_.stop_limit);
  program_->end();  // the rest of the group, too
  if (!ended) {
    return "the server did not end within " + render_duration(launch_.stop_limit) + " of SIGINT";
  }
  return "";
}

std::string ServerProcess::restart() {
  const std::string refused = stop();
  if (!refused.empty()) return refused;
  program_.reset();
  try {
    launch();
  } catch (const std::runtime_error& error) {
    stopped_ = true;  // it never was there to be ended by a client
    return error.what();
  }
  return "";
}

}  // namespace wireproof
