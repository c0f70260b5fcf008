#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/text/time.h"
#include "play/run_options.h"
#include "play/stage/stage_plan.h"

namespace wireproof {

// Whether the one foreign server that all sheets of a run are about is still there. What is true
// of the server as a whole is said once: a server that is not there, or a command that does not
// start, is one ERROR, and the sheet after which a running server no longer answers is named; what
// cannot be played for that reason is SKIP. The sheets of TCP and those of UDP are told apart: a
// server may lack one of the two.
class ServerFate {
 public:
  ServerFate(const RunOptions& options, const ServerTable& servers)
      : options_(options), servers_(servers) {}

  // Before a sheet is played: its result if there is no point in playing it. If there is, take()
  // must follow.
  std::optional<ScenarioResult> rule_out(const Scenario& scenario, std::uint64_t repeat);
  // Whether what the sheet needs to know is still being found out by one that is played: a command
  // is started for one sheet first, so that it is always the same sheet that says what is wrong.
  bool awaits(const Scenario& scenario) const;
  // After a sheet: may change its result.
  void take(const Scenario& scenario, bool is_last, ScenarioResult& result);

 private:
  using Transports = std::pair<bool, bool>;  // TCP, UDP

  Transports transports_of(const Scenario& scenario) const;
  RunningServer server_of(Transports transports) const;
  std::string advise_other(Transports transports) const;
  std::optional<std::string> find_loss(Transports transports, const Scenario& scenario);
  void lose_all(const std::string& reason);
  void take_of_command(Transports transports, const Scenario& scenario, ScenarioResult& result);
  void take_of_running(Transports transports, bool is_last, const Scenario& scenario,
                       ScenarioResult& result);

  const RunOptions& options_;
  const ServerTable& servers_;
  std::map<Transports, bool> seen_;  // it has answered, or was started
  std::map<Transports, int> playing_;
  std::map<Transports, std::string> lost_;  // why nothing of these is played any more
  std::string first_failure_;               // the sheet that the command did not start for
  std::string last_played_;
};

// Why nothing takes what is sent to a running server's ports (those of 0 are not asked); empty:
// something does, or nobody can tell. On this host the kernel is asked and no packet is sent; a
// port of another host is connected to and closed again. A UDP port of another host cannot be
// asked without sending the server something. Throws SystemError.
std::string probe_server(const RunningServer& running, Duration limit);

}  // namespace wireproof
