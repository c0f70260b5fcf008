#include "play/stage/server_fate.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

#include "machine/host/network.h"
#include "machine/host/socket_list.h"
#include "play/client/client_socket.h"
#include "play/client/step_outcome.h"
#include "result/explanation.h"

namespace wireproof {
namespace {

constexpr std::chrono::seconds kProbeLimit{5};

// As probe_server() where it costs the server nothing; of another host nobody can tell then.
std::string look_at_server(const RunningServer& running) {
  constexpr std::chrono::seconds kNoMatter{1};  // this host refuses at once
  return find_route(running.address).is_local ? probe_server(running, kNoMatter) : "";
}

// A finding about the server, whatever else was found. What is wrong with every answer came before:
// the client had given up.
void blame_sheet(const Scenario& scenario, const std::string& reason, ScenarioResult& result) {
  Diagnostic died;
  died.message = "after this sheet the server no longer answers";
  died.notes.push_back({"captured", reason});
  died.notes.push_back({"why", std::string(what_it_says(ExplanationId::died_on_input))});
  died.explanation = ExplanationId::died_on_input;
  result.verdict = Verdict::fail;
  result.reason = died.message;
  const auto place = std::ranges::find_if_not(result.failures, [](const auto& failure) {
    return is_about_every_answer(failure.diagnostic.explanation);
  });
  result.failures.insert(place, {died, render_diagnostic(died, scenario.source)});
}

namespace asio = boost::asio;

asio::awaitable<void> connect_and_close(ClientSocket& socket, ConnectPlan plan, Duration limit,
                                        IoResult& result) {
  socket.start_time_limit(limit);
  result = co_await socket.connect(plan);
  socket.end_time_limit();
  socket.close();
}

std::string connect_to(const Endpoint& server, Duration limit) {
  asio::io_context context{1};
  CallLog log;
  ClientSocket socket(context, "probe", log);
  IoResult result;
  ConnectPlan plan;
  plan.remote = server;
  std::exception_ptr error;
  asio::co_spawn(context, connect_and_close(socket, plan, limit, result),
                 [&error](std::exception_ptr thrown) { error = std::move(thrown); });
  context.run();
  if (error) std::rethrow_exception(error);
  if (result.timed_out) return "no answer within " + render_duration(limit);
  return result.error_number == 0 ? "" : render_io_error(result.error_number);
}

std::string ask_kernel(ListenProtocol protocol, const Endpoint& server) {
  if (find_listening_process(protocol, server).listens) return "";
  return protocol == ListenProtocol::tcp ? "nothing listens there" : "nothing has bound that port";
}

}  // namespace

ServerFate::Transports ServerFate::transports_of(const Scenario& scenario) const {
  const ServerPorts ports = plan_ports(scenario.front, servers_);
  // Clients that may choose use TCP.
  if (!scenario.front.transport && ports.wants_tcp) return {true, false};
  return {ports.wants_tcp, ports.wants_udp};
}

std::optional<ScenarioResult> ServerFate::rule_out(const Scenario& scenario, std::uint64_t repeat) {
  const Transports transports = transports_of(scenario);
  if (const auto lost = lost_.find(transports); lost != lost_.end()) {
    ScenarioResult skipped = unplayed_result(scenario, repeat, Verdict::skip, lost->second);
    skipped.lost_server = true;
    return skipped;
  }
  if (options_.running) {
    if (const auto loss = find_loss(transports, scenario)) {
      return unplayed_result(scenario, repeat, Verdict::error, *loss);
    }
  }
  ++playing_[transports];
  return std::nullopt;
}

RunningServer ServerFate::server_of(Transports transports) const {
  RunningServer server = *options_.running;
  if (!transports.first) server.tcp_port = 0;
  if (!transports.second) server.udp_port = 0;
  return server;
}

// The process is one, whatever it speaks.
void ServerFate::lose_all(const std::string& reason) {
  for (const Transports& lost : {Transports{true, false}, {false, true}, {true, true}}) {
    lost_[lost] = "not played: " + reason;
  }
}

// Where what is asked for is not there, but the other transport is.
std::string ServerFate::advise_other(Transports transports) const {
  if (transports.first == transports.second || !find_route(options_.running->address).is_local) {
    return "";
  }
  const ListenProtocol other = transports.first ? ListenProtocol::udp : ListenProtocol::tcp;
  const std::uint16_t port =
      transports.first ? options_.running->udp_port : options_.running->tcp_port;
  if (port == 0 || !ask_kernel(other, {options_.running->address, port}).empty()) return "";
  return transports.first ? "; it listens on UDP only: `--set transport=udp`"
                          : "; it listens on TCP only: `--set transport=tcp`";
}

std::optional<std::string> ServerFate::find_loss(Transports transports, const Scenario& scenario) {
  const bool was_seen = seen_[transports];
  const std::string reason = was_seen ? look_at_server(server_of(transports))
                                      : probe_server(server_of(transports), kProbeLimit);
  seen_[transports] = reason.empty();
  if (reason.empty()) return std::nullopt;
  if (!was_seen) {
    lost_[transports] = "not played: no server answers (see " + scenario.id + ")";
    return "no server answers: " + reason + advise_other(transports);
  }
  lose_all("the server no longer answers after " + last_played_);
  return "the server no longer answers after " + last_played_ + ": " + reason;
}

bool ServerFate::awaits(const Scenario& scenario) const {
  const Transports transports = transports_of(scenario);
  const auto seen = seen_.find(transports);
  const auto playing = playing_.find(transports);
  return (seen == seen_.end() || !seen->second) && playing != playing_.end() && playing->second > 0;
}

void ServerFate::take(const Scenario& scenario, bool is_last, ScenarioResult& result) {
  const Transports transports = transports_of(scenario);
  --playing_[transports];
  last_played_ = scenario.id;
  if (options_.running) {
    take_of_running(transports, is_last, scenario, result);
  } else {
    take_of_command(transports, scenario, result);
  }
}

// Several may have been opened at once; what was started for one sheet can be started.
void ServerFate::take_of_command(Transports transports, const Scenario& scenario,
                                 ScenarioResult& result) {
  if (!result.server_failed_to_start) {
    if (result.verdict != Verdict::skip) seen_[transports] = true;
    return;
  }
  if (scenario.front.ip == IpVersion::v6) {  // which a server need not speak
    result.verdict = Verdict::skip;
    result.reason = "needs ipv6: " + result.reason;
    return;
  }
  if (seen_[transports]) return;
  if (first_failure_.empty()) {
    first_failure_ = result.id;
  } else {
    result.verdict = Verdict::skip;
    result.lost_server = true;
    result.reason = "not played: the server does not start (see " + first_failure_ + ")";
  }
  lost_[transports] = "not played: the server does not start (see " + first_failure_ + ")";
}

void ServerFate::take_of_running(Transports transports, bool is_last, const Scenario& scenario,
                                 ScenarioResult& result) {
  if (is_good(result.verdict) && !is_last) return;
  if (!seen_[transports]) return;  // said already
  const std::string reason = probe_server(server_of(transports), kProbeLimit);
  if (reason.empty()) return;
  blame_sheet(scenario, reason, result);
  lose_all("the server no longer answers after " + scenario.id);
}

std::string probe_server(const RunningServer& running, Duration limit) {
  const bool is_local = find_route(running.address).is_local;
  const auto ask = [&](ListenProtocol protocol, std::uint16_t port) -> std::string {
    if (port == 0) return "";
    const Endpoint server{running.address, port};
    std::string reason;
    if (is_local) reason = ask_kernel(protocol, server);
    // Somebody else's network namespace may answer for an address of this host: forwarded ports.
    if (protocol == ListenProtocol::tcp && (!is_local || !reason.empty())) {
      reason = connect_to(server, limit);
    }
    if (reason.empty()) return "";
    const std::string name = protocol == ListenProtocol::tcp ? "TCP " : "UDP ";
    return name + render_endpoint(server) + ": " + reason;
  };
  const std::string tcp = ask(ListenProtocol::tcp, running.tcp_port);
  return tcp.empty() ? ask(ListenProtocol::udp, running.udp_port) : tcp;
}

}  // namespace wireproof
