#include "play/stage/stage_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "judge/judge.h"
#include "machine/host/doctor.h"
#include "machine/process/server_process.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

bool wants(const FrontMatter& front, Transport transport, std::uint16_t program_port,
           bool without_program) {
  if (front.transport)
    return *front.transport == transport || *front.transport == Transport::tcp_udp;
  return without_program ? transport == Transport::tcp : program_port != 0;
}

std::uint16_t port_of(const FrontMatter& front, std::uint16_t program_port) {
  if (front.any_port) return 0;
  return front.port.value_or(program_port);
}

bool needs(const FrontMatter& front, Need need) {
  return std::ranges::find(front.needs, need) != front.needs.end();
}

// Whether it asks for an address, or for a port that is not said to be the server's.
bool names_ends(const CallTable& table) {
  return std::ranges::any_of(table.rows, [](const PlacedCallRow& placed) {
    const CallArguments& wanted = placed.row.arguments;
    return wanted.address || (wanted.port && !wanted.server_port);
  });
}

// What is started of programs that are told where the server is.
std::vector<std::string> commands_of(const Scenario& scenario, const RunOptions& options) {
  std::vector<std::string> commands;
  if (!scenario.front.command.empty()) commands.push_back(scenario.front.command);
  visit_steps(scenario.session->steps, [&](const Step& step) {
    const auto* const run = std::get_if<StepRun>(&step.action);
    if (run == nullptr) return;
    commands.push_back(options.client_command.empty() ? run->command : options.client_command);
  });
  return commands;
}

}  // namespace

ServerPorts plan_ports(const FrontMatter& front, const ServerTable& servers) {
  const auto found = servers.find(front.server);
  const bool is_own = found == servers.end();
  const std::uint16_t tcp_port = is_own ? std::uint16_t{0} : found->second.tcp_port;
  const std::uint16_t udp_port = is_own ? std::uint16_t{0} : found->second.udp_port;
  ServerPorts ports;
  ports.wants_tcp = wants(front, Transport::tcp, tcp_port, is_own);
  ports.wants_udp = wants(front, Transport::udp, udp_port, is_own);
  // Somebody's own program need not speak what this sheet's clients do not use.
  if (!front.command.empty() && !front.transport && ports.wants_tcp) ports.wants_udp = false;
  if (ports.wants_tcp) ports.tcp = port_of(front, tcp_port);
  if (ports.wants_udp) ports.udp = port_of(front, udp_port);
  return ports;
}

ServerPorts plan_ports(const Scenario& scenario, const ServerTable& servers) {
  if (has_server(scenario.front) || !scenario.session) return plan_ports(scenario.front, servers);
  ServerPorts ports;
  for (const ListeningActor& actor :
       listening_actors(*scenario.session, scenario.front.transport)) {
    std::uint16_t& port = actor.tcp ? ports.tcp : ports.udp;
    (actor.tcp ? ports.wants_tcp : ports.wants_udp) = true;
    if (port == 0) port = actor.port;
  }
  return ports;
}

std::string advise_start(const std::vector<ListeningSocket>& elsewhere, const FrontMatter& front,
                         const ServerTable& servers) {
  if (elsewhere.empty()) return "";
  const ServerPorts ports = plan_ports(front, servers);
  const auto program = servers.find(front.server);
  const bool is_own = program == servers.end();
  const auto is_tcp = [](const ListeningSocket& socket) {
    return socket.protocol == ListenProtocol::tcp;
  };
  const bool wants_both = ports.wants_tcp && ports.wants_udp;
  const auto place = std::ranges::find(elsewhere, ports.wants_tcp, is_tcp);
  if (place == elsewhere.end() || wants_both) {
    const char* const other = std::ranges::any_of(elsewhere, is_tcp) ? "tcp" : "udp";
    if (is_own) return fmt::format("`transport: {}` in the sheet", other);
    const bool has_both = program->second.tcp_port != 0 && program->second.udp_port != 0;
    return has_both ? fmt::format("`--set transport={}`", other) : "";
  }
  const std::uint16_t wanted = ports.wants_tcp ? ports.tcp : ports.udp;
  if (place->local.port == wanted) return "";
  if (is_own) return fmt::format("`port: {}` in the sheet", place->local.port);
  const bool has_two = program->second.tcp_port != 0 &&
                       program->second.udp_port != program->second.tcp_port && !ports.wants_tcp;
  return fmt::format("`--{} {}`", has_two ? "udp-port" : "port", place->local.port);
}

LoopbackUse plan_loopback(const Scenario& scenario, const RunOptions& options) {
  constexpr LoopbackUse kAlone{true, false, false};
  constexpr std::uint64_t kMostClients = 3500;  // of one net (LoopbackPlace)
  if (scenario.front.ip == IpVersion::v6 || !scenario.session) return kAlone;
  if (std::ranges::any_of(scenario.call_tables, names_ends)) return kAlone;
  if (scenario.session->group_size > kMostClients) return kAlone;
  const std::vector<Step>& steps = scenario.session->steps;
  const auto connects_from = [](const Step& step) {
    const auto* const connect = std::get_if<StepConnect>(&step.action);
    return connect != nullptr && !connect->from.empty();
  };
  if (any_step(steps, connects_from)) return kAlone;
  const std::vector<std::string> programs = commands_of(scenario, options);
  const auto all_take = [&](std::string_view parameter) {
    return std::ranges::all_of(programs, [&](const std::string& command) {
      return command.find(parameter) != std::string::npos;
    });
  };
  const bool take_ports = all_take("{port}");
  LoopbackUse use;
  // A server may have all addresses at its port, whatever it is given.
  use.own_address = all_take("{host}") && (scenario.front.command.empty() || take_ports);
  use.own_port = take_ports && !programs.empty();
  const bool has_fixed_port =
      any_step(steps, [](const Step& step) { return step_traits(step.action).serves; });
  if (!use.own_address && (!use.own_port || has_fixed_port)) return kAlone;
  return use;
}

std::chrono::milliseconds plan_wake_after(const Scenario& scenario, std::uint32_t patience) {
  constexpr std::uint64_t kMost = 20;
  const std::uint64_t clients = scenario.session ? scenario.session->group_size : 0;
  const std::uint64_t count = std::clamp<std::uint64_t>(clients, 1, kMost);
  return std::chrono::milliseconds(std::min<std::uint64_t>(count * patience, kMost));
}

TraceWish plan_trace(const Scenario& scenario, const RunOptions& options) {
  if (options.trace || needs(scenario.front, Need::trace)) return TraceWish::needed;
  if (options.trace_if_possible) return TraceWish::if_possible;
  if (!options.client_command.empty()) return TraceWish::if_possible;
  if (!scenario.call_tables.empty()) return TraceWish::if_possible;
  for (const PacketTable& table : scenario.packet_tables) {
    if (names_calls(table)) return TraceWish::if_possible;
  }
  return TraceWish::none;
}

std::optional<std::string> unmet_need(const FrontMatter& front, bool has_ipv6) {
  if ((needs(front, Need::ipv6) || front.ip == IpVersion::v6) && !has_ipv6) {
    return "needs ipv6: this machine's loopback has no ::1";
  }
  return std::nullopt;
}

std::vector<std::filesystem::path> files_of_command(const std::string& command,
                                                    const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files{folder};
  std::istringstream words(command);
  for (std::string word; words >> word;) {
    std::erase_if(word, [](char letter) { return letter == '\'' || letter == '"'; });
    const std::filesystem::path path = folder / word;
    std::error_code unreadable;
    if (word.empty() || !std::filesystem::exists(path, unreadable)) continue;
    const bool is_folder = std::filesystem::is_directory(path, unreadable);
    const std::filesystem::path holder = path.parent_path();
    // A file in /tmp itself is shown without its neighbours.
    files.push_back(is_folder || holder == "/tmp" ? path : holder);
  }
  return files;
}

std::optional<std::string> unmet_by_running(const Scenario& scenario, const ServerPorts& ports,
                                            const RunningServer& running, const Route& route) {
  const FrontMatter& front = scenario.front;
  if (needs(front, Need::started_server)) {
    return "needs started-server: this server was not started by the run";
  }
  if (needs(front, Need::same_host) && !route.is_local) {
    return "needs same-host: the server runs on another host";
  }
  if (front.mtu_bytes) return "needs a network of its own (`network: mtu`)";
  if (!front.hosts.empty()) return "needs a network of its own (`hosts`)";
  if (has_path(scenario)) return "needs a path of its own for its packets (`Path`)";
  if (front.ip == IpVersion::v6 && running.address.version == IpVersion::v4) {
    return "is about IPv6, and the server's address is IPv4";
  }
  if (ports.wants_tcp && running.tcp_port == 0) return "the server's TCP port is not known";
  if (ports.wants_udp && running.udp_port == 0) {
    return "the server's UDP port is not known (--udp-port gives it)";
  }
  const std::vector<Step>& steps = scenario.session->steps;
  if (any_step(steps, [](const Step& step) { return step_traits(step.action).serves; })) {
    return "its actors listen, which they do in a private network only";
  }
  if (any_step(steps, [](const Step& step) {
        return step_traits(step.action).makes == ActorKind::program;
      })) {
    return "a client program's connections cannot be told from those of the server's other clients";
  }
  if (any_step(steps, [](const Step& step) {
        const auto* const connect = std::get_if<StepConnect>(&step.action);
        return connect != nullptr && !connect->from.empty();
      })) {
    return "its clients need addresses of their own, which only a private network has";
  }
  return std::nullopt;
}

std::optional<std::string> missing_program(const FrontMatter& front) {
  for (const auto& [name, package] : front.programs) {
    if (is_installed(name)) continue;
    return fmt::format("`{}` is not installed (package {})", name, package);
  }
  return std::nullopt;
}

Duration start_limit(const FrontMatter& front, const RunOptions& options,
                     const ServerProgram* program) {
  const std::optional<Duration> own = program == nullptr ? std::nullopt : program->start_within;
  return options.start_within.value_or(front.start_within.value_or(own.value_or(kStartLimit)));
}

Duration session_bound(const Scenario& scenario, Duration timeout) {
  if (!scenario.session) return std::min(timeout, kLongestSession);
  return std::min(longest_session(plan_session(*scenario.session), timeout) +
                      std::min(timeout, kLongestSession),
                  kLongestSession);
}

std::filesystem::path capture_path(const RunOptions& options, const std::string& id,
                                   std::uint64_t repeat) {
  const auto is_ambiguous = [&](std::size_t at) {
    return at < id.size() && (id[at] == '_' || id[at] == '/');
  };
  std::string name;
  for (std::size_t at = 0; at < id.size(); ++at) {
    if (id[at] == '/') {
      name += "__";
    } else if (id[at] == '_' && (is_ambiguous(at + 1) || (at > 0 && is_ambiguous(at - 1)))) {
      name += "%5F";
    } else {
      name += id[at] == '%' ? "%25" : std::string(1, id[at]);
    }
  }
  if (options.repeat > 1) name += "-" + std::to_string(repeat);
  return options.capture_folder / (name + ".pcapng");
}

bool keeps_capture(KeepCapture keep, Verdict verdict) {
  switch (keep) {
    case KeepCapture::always:
      return true;
    case KeepCapture::never:
      return false;
    case KeepCapture::on_failure:
      return !is_good(verdict);
  }
  return false;
}

ScenarioResult unplayed_result(const Scenario& scenario, std::uint64_t repeat, Verdict verdict,
                               const std::string& reason) {
  ScenarioResult result = begin_result(scenario);
  result.verdict = verdict;
  result.reason = reason;
  result.repeat = repeat;
  return result;
}

}  // namespace wireproof
