#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/system/deadline.h"
#include "machine/host/socket_list.h"
#include "machine/host/stall_watch.h"
#include "machine/process/missing_time.h"
#include "machine/process/program.h"
#include "machine/process/program_streams.h"
#include "machine/process/server_start.h"

namespace wireproof {

// Until a server listens, where nobody says otherwise.
constexpr std::chrono::seconds kStartLimit{10};

// What to start: a function that serves in the forked process, or a shell command.
struct ServerLaunch {
  std::function<int(const ServerStart&)> serve;
  std::string command;           // used when `serve` is not set; {host} and {port} are filled in
  std::filesystem::path folder;  // where the command runs; empty: here
  ServerStart start;             // its ready_fd is filled in
  Duration start_limit = kStartLimit;  // of time that the machine gave it
  std::chrono::milliseconds stop_limit{2000};
  Sandbox* sandbox = nullptr;          // the command runs inside; not owned, outlives the server
  Tracer* tracer = nullptr;            // traces the server's calls; not owned, outlives the server
  const StallWatch* stalls = nullptr;  // null: nothing watches; not owned, outlives the server
};

// The server ended before it listened, took too long, or listens elsewhere; says what it said.
struct ServerStartError : std::runtime_error {
  ServerStartError(std::string what_failed, const std::string& what_it_said)
      : std::runtime_error(what_failed + what_it_said),
        attempt(std::move(what_failed)),
        said(what_it_said) {}

  std::string attempt;                       // and how it failed
  std::string said;                          // "; it said: …" or empty
  std::vector<ListeningSocket> elsewhere{};  // what a command had instead, all of it
  bool lacked_time = false;  // it did not listen, and the machine did not give it the limit's time
  bool found_port_in_use = false;
};

// The end of the limit for a start or a stop. What the program waited for a CPU meanwhile, and what
// the machine stood still, is added to the limit, up to kMostPatience times the limit in all.
class PatientLimit {
 public:
  static constexpr int kMostPatience = 5;

  explicit PatientLimit(Duration limit) : limit_(limit), deadline_(limit) {}

  // `missing` is asked where the limit seems to be over: what the machine did not give until now.
  bool is_over(const std::function<Duration()>& missing);
  Duration limit() const { return limit_; }
  Duration left() const { return deadline_.left(); }
  // Behind the end: whether more than a tenth was missing still.
  bool lacked_time() const { return lacked_time_; }

 private:
  Duration limit_;
  Deadline deadline_;
  Duration granted_{};
  bool lacked_time_ = false;
};

// Whether one of the sockets takes the clients of this protocol; also where none are expected.
bool serves(const std::vector<ListeningSocket>& sockets, ListenProtocol protocol,
            const ServerStart& start);

// "it listens on UDP only": what a program that does not serve as it was started to has instead.
std::string render_elsewhere(const std::vector<ListeningSocket>& sockets, const ServerStart& start);

// How long a server may work on what it was sent before it is looked at.
constexpr std::chrono::milliseconds kRestLimit{500};

// Whether a program that listens where nobody asks is taken at its word: it is not waited for to
// the end of its start once it has slept for a while.
class SettledStart {
 public:
  // One look: does it listen elsewhere, and sleep?
  bool see(bool sleeps_elsewhere);

 private:
  Deadline settled_ = Deadline::never();
};

// "calc.py --port {port}" with the placeholders filled in.
std::string fill_command(const std::string& command, const ServerStart& start);

// A server: a program that listens, rests, and can be started again.
class ServerProcess {
 public:
  // Returns once the server listens; else throws ServerStartError naming the attempt.
  explicit ServerProcess(ServerLaunch launch);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  pid_t process() const { return program_ ? program_->process() : -1; }  // -1: could not restart
  bool is_command() const { return !launch_.serve; }
  bool is_alive() { return program_ && !program_->has_ended(); }
  // How it ended ("exited with code 1"); empty while it lives and when stop() ended it.
  std::string unasked_end();
  // Whether it has taken every datagram and waits: what it has to say to those that came is said.
  bool is_at_rest() const;
  // Returns when it is at rest or has ended; one that never rests is left after the limit, and
  // from then on at once.
  void await_rest(std::chrono::milliseconds limit);
  // SIGINT to the group once it is at rest, SIGKILL after the limit. Empty: it ended by itself in
  // time; else what it did instead.
  std::string stop();
  // Whether the last stop() was in vain, and the machine did not give it the limit's time.
  bool lacked_time_to_stop() const { return lacked_time_to_stop_; }
  // stop(), then the same again on the same port, which must be free at once; also after SIGKILL.
  // One that had ended before stays ended.
  std::string restart();
  // Whether the last start failed because the port was not free.
  bool found_port_in_use() const { return port_in_use_; }

  // The same descriptor over restarts; readable when the server has said something.
  int output_fd() const { return streams_.fd(); }
  void drain_output() { streams_.drain(); }
  const std::string& output() const { return streams_.output(); }

 private:
  void launch();
  void watch_time();
  bool await(PatientLimit& limit, int also_fd, const std::function<bool()>& is_there);
  void await_ready(int ready_fd);
  void await_listening();
  [[noreturn]] void refuse_late(const PatientLimit& limit);
  Duration missing_time(Duration limit);
  bool is_listening() const;
  std::vector<ListeningSocket> list_sockets() const;
  std::string describe_end();
  [[noreturn]] void refuse(const std::string& reason, std::vector<ListeningSocket> elsewhere = {},
                           bool lacked_time = false);

  ServerLaunch launch_;
  ProgramStreams streams_ = ProgramStreams::pipes();
  std::optional<Program> program_;
  bool port_in_use_ = false;
  bool stopped_ = false;      // by stop()
  bool is_restless_ = false;  // it was waited for in vain
  bool lacked_time_to_stop_ = false;
  Duration still_before_{};  // of the machine, at the last watch_time()
  MissingTime missing_{{}};  // since then
};

}  // namespace wireproof
