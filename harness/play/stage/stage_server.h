#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/system/system_call.h"
#include "judge/traffic/evidence.h"
#include "machine/process/server_process.h"
#include "machine/trace/tracer.h"
#include "play/client/player.h"
#include "play/run_options.h"
#include "sheet/scenario.h"
#include "sheet/session/session_script.h"

namespace wireproof {

// The server of a session: one that the run has started, or one that runs already. Of the latter
// as much is known as this host shows: everything of its process if that is found, else nothing. Or
// there is none: actors of the session play its part.
class StageServer {
 public:
  // None.
  StageServer() : unseen_("the sheet has no server") {}
  // Starts it; throws as ServerProcess does.
  explicit StageServer(ServerLaunch launch);
  // Looks for its process. Throws SystemError.
  explicit StageServer(const RunningServer& running);

  // Null: it runs already.
  ServerProcess* started() { return started_.get(); }
  // 0: it cannot be seen from here, `unseen` says why.
  pid_t process() const { return started_ ? started_->process() : found_; }
  const std::string& unseen() const { return unseen_; }
  // Of one that runs already: the processes that take its clients.
  const std::vector<pid_t>& holders() const { return holders_; }

  // One that cannot be seen is taken to live.
  bool is_alive();
  // How it ended by itself; empty: it did not, as far as can be seen.
  std::string unasked_end();
  // Returns when it has taken every datagram and waits for more, or has ended, at the latest after
  // the limit; at once where it cannot be seen.
  void await_rest(std::chrono::milliseconds limit);

  // Of a started one; else nothing.
  int output_fd() const { return started_ ? started_->output_fd() : -1; }
  void drain_output();
  std::string output() const { return started_ ? started_->output() : ""; }

 private:
  bool is_at_rest() const;

  std::unique_ptr<ServerProcess> started_;
  std::uint16_t udp_port_ = 0;
  pid_t found_ = 0;
  std::vector<pid_t> holders_;
  UniqueFd ended_;  // pidfd of what was found
  std::string unseen_;
};

// The tracer of a server that runs already, or why there is none.
struct AttachedServer {
  std::unique_ptr<Tracer> tracer;  // null: refused
  std::string refusal;             // what forbids it and what to do
};

// Traces all processes that take the server's clients. They are let go of when the tracer ends, and
// also when this process is killed.
AttachedServer attach_to_server(const StageServer& server);

// A step on the server (`server: alive`).
ServerOutcome act_on_server(StageServer& server, ServerAction action);

// Measures what the server's processes hold before the first step and after the last connection's
// end, if the sheet asks for it. What it points to outlives it.
class ServerMeter {
 public:
  // Waits until the server rests, at most for `limit`, and reads.
  ServerMeter(StageServer& server, const std::vector<Measure>& measures, Duration limit);

  // Descriptors and threads are given back a moment after a connection has ended: looks until
  // what the sheet expects holds, at most for `limit`; the last look counts. `meanwhile` is called
  // before each look.
  void finish(Duration limit, const std::function<void()>& meanwhile);

  const std::optional<ServerMeasured>& measured() const { return measured_; }
  const std::string& reason() const { return reason_; }  // why nothing was measured

 private:
  bool holds(const ProcessUse& after) const;

  StageServer& server_;
  const std::vector<Measure>& measures_;
  bool is_wanted_;
  pid_t process_;
  ProcessUse before_;
  std::chrono::steady_clock::time_point start_;
  std::optional<ServerMeasured> measured_;
  std::string reason_;
};

}  // namespace wireproof
