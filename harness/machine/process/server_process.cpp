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
constexpr Milliseconds kAccountLook{100};  // how often it is asked what CPU a server has got
constexpr Milliseconds kSettled{1500};     // how long it must have slept

std::uint16_t main_port(const ServerStart& start) {
  return start.tcp_port != 0 ? start.tcp_port : start.udp_port;
}

std::string render_place(const ListeningSocket& socket) {
  const bool is_wildcard = socket.local.address.bytes == IpAddress{}.bytes;
  return is_wildcard ? fmt::format("port {}", socket.local.port) : render_endpoint(socket.local);
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

bool serves(const std::vector<ListeningSocket>& sockets, ListenProtocol protocol,
            const ServerStart& start) {
  const std::uint16_t port = protocol == ListenProtocol::tcp ? start.tcp_port : start.udp_port;
  const Endpoint wanted{parse_ip_address(start.host).value(), port};
  return port == 0 || std::ranges::any_of(sockets, [&](const ListeningSocket& socket) {
           return socket.protocol == protocol && takes(socket, wanted);
         });
}

std::string render_elsewhere(const std::vector<ListeningSocket>& sockets,
                             const ServerStart& start) {
  const ListenProtocol lacking =
      serves(sockets, ListenProtocol::tcp, start) ? ListenProtocol::udp : ListenProtocol::tcp;
  std::vector<std::string> places;
  for (const ListeningSocket& socket : sockets) {
    if (socket.protocol == lacking) places.push_back(render_place(socket));
  }
  if (places.empty()) {
    return fmt::format("it listens on {} only", lacking == ListenProtocol::tcp ? "UDP" : "TCP");
  }
  return fmt::format("it listens on {}", fmt::join(places, ", "));
}

std::string fill_command(const std::string& command, const ServerStart& start) {
  std::string filled = command;
  boost::replace_all(filled, "{host}", start.host);
  boost::replace_all(filled, "{port}", std::to_string(main_port(start)));
  const std::uint16_t udp_port = start.udp_port != 0 ? start.udp_port : main_port(start);
  boost::replace_all(filled, "{udp_port}", std::to_string(udp_port));
  return filled;
}

bool PatientLimit::is_over(const std::function<Duration()>& missing) {
  if (!deadline_.is_over()) return false;
  const Duration lacking = missing() - granted_;
  lacked_time_ = !machine_gave_time(lacking, limit_);
  const Duration more = std::min(lacking, (kMostPatience - 1) * limit_ - granted_);
  if (!lacked_time_ || more <= Duration(0)) return true;
  granted_ += more;
  deadline_ = Deadline(more);
  return false;
}

bool SettledStart::see(bool sleeps_elsewhere) {
  if (!sleeps_elsewhere) {
    settled_ = Deadline::never();
  } else if (settled_ == Deadline::never()) {
    settled_ = Deadline(kSettled);
  }
  return settled_.is_over();
}

ServerProcess::ServerProcess(ServerLaunch launch) : launch_(std::move(launch)) {
  this->launch();
}

void ServerProcess::launch() {
  port_in_use_ = is_command() && is_listening();
  if (port_in_use_) refuse("the port is in use by another program");
  stopped_ = false;
  is_restless_ = false;
  watch_time();
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

// What a program that runs waited for before is not counted.
void ServerProcess::watch_time() {
  const bool runs = program_ && !program_->has_ended();
  missing_ = MissingTime(Deadline::Clock::now(), runs ? look_at_tree(process()) : TreeLook{});
  if (launch_.stalls != nullptr) still_before_ = launch_.stalls->stood_still();
}

Duration ServerProcess::missing_time(Duration limit) {
  missing_.see(look_at_tree(process()), Deadline::Clock::now());
  const Duration still =
      launch_.stalls == nullptr ? Duration(0) : launch_.stalls->stood_still() - still_before_;
  return missing_.sum_within(limit, still);
}

// False: the limit came first.
bool ServerProcess::await(PatientLimit& limit, int also_fd, const std::function<bool()>& is_there) {
  for (;;) {
    // Before the look that decides: it may be this process that is late.
    const bool is_late = limit.is_over([&] { return missing_time(limit.limit()); });
    if (is_there()) return true;
    if (is_late) return false;
    program_->wait(std::min(std::chrono::ceil<Milliseconds>(limit.left()), kAccountLook), also_fd);
    missing_.see(look_at_tree(process()), Deadline::Clock::now());
  }
}

void ServerProcess::refuse_late(const PatientLimit& limit) {
  const std::string reason = "it did not listen within " + render_duration(launch_.start_limit);
  if (!limit.lacked_time()) refuse(reason + " (`--start-within` sets the limit)");
  refuse(reason + ", in which it waited for a CPU or the machine stood still", {}, true);
}

void ServerProcess::await_ready(int ready_fd) {
  PatientLimit limit(launch_.start_limit);
  const auto is_over = [&] { return is_readable(ready_fd) || !is_alive(); };
  if (!await(limit, ready_fd, is_over)) refuse_late(limit);
  char byte = 0;
  if (is_readable(ready_fd) && ::read(ready_fd, &byte, 1) == 1) return;
  program_->await_end(std::chrono::ceil<Milliseconds>(limit.left()));
  program_->end();
  refuse("it " + describe_end() + " before it listened");
}

// Of the program and all that it started.
std::vector<ListeningSocket> ServerProcess::list_sockets() const {
  std::vector<pid_t> processes = descendant_processes(process());
  processes.push_back(process());
  return list_listening_sockets(processes);
}

// A program that has sockets and sleeps, but listens where nobody asks, is not waited for to the
// end: nothing more will come.
void ServerProcess::await_listening() {
  PatientLimit limit(launch_.start_limit);
  SettledStart settled;
  std::vector<ListeningSocket> sockets;
  for (Milliseconds look = kFirstLook;; look = std::min(look * 2, kLastLook)) {
    // Before the look that decides: it may be this process that is late.
    const bool is_late = limit.is_over([&] { return missing_time(limit.limit()); });
    if (is_listening()) return;
    if (!is_alive()) refuse("it " + describe_end() + " before it listened");
    // Most are there before that.
    if (look == kLastLook) {
      sockets = list_sockets();
      missing_.see(look_at_tree(process()), Deadline::Clock::now());
    }
    const bool has_settled = settled.see(!sockets.empty() && is_tree_asleep(process()));
    if (!sockets.empty() && (has_settled || (is_late && !limit.lacked_time()))) {
      const std::string reason = render_elsewhere(sockets, launch_.start);
      refuse(reason, std::move(sockets));
    }
    if (is_late) refuse_late(limit);
    program_->wait(look);
  }
}

// Of IPv6 the sheet finds out whether the program speaks it at all.
bool ServerProcess::is_listening() const {
  const ServerStart& start = launch_.start;
  const IpAddress address = parse_ip_address(start.host).value();
  const auto listens = [&](ListenProtocol protocol, std::uint16_t port) {
    if (port == 0) return true;
    return address.version == IpVersion::v6
               ? wireproof::is_listening(protocol, port)
               : !find_listening_sockets(protocol, {address, port}).empty();
  };
  return listens(ListenProtocol::tcp, start.tcp_port) &&
         listens(ListenProtocol::udp, start.udp_port);
}

void ServerProcess::refuse(const std::string& reason, std::vector<ListeningSocket> elsewhere,
                           bool lacked_time) {
  drain_output();
  // strerror(EADDRINUSE), which every runtime passes on: no other sign leaves the program.
  if (output().find("in use") != std::string::npos) port_in_use_ = true;
  const std::string what = is_command() ? "`" + fill_command(launch_.command, launch_.start) + "`"
                                        : std::string("the server");
  const std::string text = "start " + what + " on " + launch_.start.host + ":" +
                           std::to_string(main_port(launch_.start)) + ": " + reason;
  const std::string words = find_last_words(output());
  std::string said;
  if (!output().empty()) said = "; it said: " + (words.empty() ? output() : words);
  said += tell_errno(output());
  program_.reset();
  ServerStartError error(text, said);
  error.elsewhere = std::move(elsewhere);
  error.lacked_time = lacked_time;
  error.found_port_in_use = port_in_use_;
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
  const auto address = parse_ip_address(launch_.start.host);
  if (udp_port != 0 && has_unread_datagrams(udp_port, address)) return false;
  return is_tree_asleep(process());
}

void ServerProcess::await_rest(Milliseconds limit) {
  if (is_restless_) limit = Milliseconds(0);
  if (!look_until(Deadline(limit), [this] { return !is_alive() || is_at_rest(); })) {
    is_restless_ = true;
  }
}

// A signal that comes just before a call that waits is not looked at until that call returns, by
// runtimes that only note it in their handler: hence the rest before.
std::string ServerProcess::stop() {
  if (is_command()) await_rest(launch_.stop_limit);
  if (!is_alive()) {
    return "the server had ended already: it " +
           (program_ ? describe_end() : std::string("could not be started again"));
  }
  stopped_ = true;
  watch_time();
  PatientLimit limit(launch_.stop_limit);
  program_->signal_group(SIGINT);
  const bool ended = await(limit, -1, [this] { return program_->has_ended(); });
  lacked_time_to_stop_ = !ended && limit.lacked_time();
  program_->end();  // the rest of the group, too
  if (!ended) {
    return "the server did not end within " + render_duration(launch_.stop_limit) + " of SIGINT";
  }
  return "";
}

std::string ServerProcess::restart() {
  if (!is_alive()) return stop();
  const std::string refused = stop();
  program_.reset();
  try {
    launch();
    return refused;
  } catch (const ServerStartError& error) {
    stopped_ = true;  // it never was there to be ended by a client
    // It has listened as it should before: its bind() failed, and it went on all the same.
    if (!error.elsewhere.empty()) port_in_use_ = true;
    return refused.empty() ? error.what() : refused;
  } catch (const std::runtime_error& error) {
    stopped_ = true;
    return refused.empty() ? error.what() : refused;
  }
}

}  // namespace wireproof
