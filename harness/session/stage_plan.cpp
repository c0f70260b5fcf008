#include "session/stage_plan.h"

#include <algorithm>
#include <sstream>

#include "host/installed.h"

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

Duration steps_bound(const std::vector<Step>& steps, Duration timeout);

Duration step_bound(const Step& step, Duration timeout) {
  const Duration limit = step.within.value_or(timeout);
  if (const auto* repeat = std::get_if<StepRepeat>(&step.action)) {
    const auto times = static_cast<Duration::rep>(repeat->times);
    return steps_bound(repeat->steps, timeout) * times;
  }
  if (const auto* wait = std::get_if<StepWait>(&step.action)) return wait->duration + limit;
  if (const auto* nothing = std::get_if<StepRecvNothing>(&step.action)) {
    return nothing->duration + limit;
  }
  return limit;
}

Duration steps_bound(const std::vector<Step>& steps, Duration timeout) {
  Duration sum{};
  for (const Step& step : steps) sum += step_bound(step, timeout);
  return sum;
}

}  // namespace

ServerPorts plan_ports(const FrontMatter& front, const ServerProgram* program) {
  const std::uint16_t tcp_port = program != nullptr ? program->tcp_port : std::uint16_t{0};
  const std::uint16_t udp_port = program != nullptr ? program->udp_port : std::uint16_t{0};
  ServerPorts ports;
  ports.wants_tcp = wants(front, Transport::tcp, tcp_port, program == nullptr);
  ports.wants_udp = wants(front, Transport::udp, udp_port, program == nullptr);
  // Somebody's own program need not speak what this sheet's clients do not use.
  if (!front.command.empty() && !front.transport && ports.wants_tcp) ports.wants_udp = false;
  if (ports.wants_tcp) ports.tcp = port_of(front, tcp_port);
  if (ports.wants_udp) ports.udp = port_of(front, udp_port);
  return ports;
}

TraceWish plan_trace(const Scenario& scenario, const RunOptions& options) {
  const std::vector<Need>& needs = scenario.front.needs;
  if (options.trace || std::ranges::find(needs, Need::trace) != needs.end()) {
    return TraceWish::needed;
  }
  for (const PacketTable& table : scenario.packet_tables) {
    for (const Row& row : table.rows) {
      if (!row.cause.empty() || !row.blocked.empty()) return TraceWish::if_possible;
    }
  }
  return TraceWish::none;
}

std::optional<std::string> unmet_need(const FrontMatter& front, bool has_ipv6) {
  const auto needs = [&](Need need) {
    return std::ranges::find(front.needs, need) != front.needs.end();
  };
  if ((needs(Need::ipv6) || front.ip == IpVersion::v6) && !has_ipv6) {
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

std::optional<std::string> missing_program(const FrontMatter& front) {
  for (const auto& [name, package] : front.programs) {
    if (is_installed(name)) continue;
    return "`" + name + "` is not installed (package " + package + ")";
  }
  return std::nullopt;
}

Duration session_bound(const Scenario& scenario, Duration timeout) {
  if (!scenario.session) return timeout;
  return steps_bound(scenario.session->steps, timeout) + timeout;
}

std::filesystem::path capture_path(const RunOptions& options, const std::string& id,
                                   std::uint64_t repeat) {
  std::string name;
  for (const char letter : id) name += letter == '/' ? "__" : std::string(1, letter);
  if (options.repeat > 1) name += "-" + std::to_string(repeat);
  return options.capture_folder / (name + ".pcap");
}

bool keeps_capture(KeepCapture keep, Verdict verdict) {
  switch (keep) {
    case KeepCapture::always:
      return true;
    case KeepCapture::never:
      return false;
    case KeepCapture::on_failure:
      return verdict != Verdict::pass && verdict != Verdict::skip && verdict != Verdict::xfail;
  }
  return false;
}

ScenarioResult unplayed_result(const Scenario& scenario, std::uint64_t repeat, Verdict verdict,
                               const std::string& reason) {
  ScenarioResult result;
  result.id = scenario.id;
  result.title = scenario.title;
  result.file = scenario.path.string();
  result.server = scenario.front.server;
  result.tags = scenario.front.tags;
  result.max_points = scenario.front.points;
  result.verdict = verdict;
  result.reason = reason;
  result.repeat = repeat;
  return result;
}

}  // namespace wireproof
