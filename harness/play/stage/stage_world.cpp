#include "play/stage/stage_world.h"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <stdexcept>

#include "base/system/deadline.h"
#include "base/text/words.h"
#include "judge/traffic/traffic.h"
#include "machine/host/reduced_sandbox.h"
#include "machine/host/socket_list.h"
#include "sheet/session/session_plan.h"

namespace wireproof {
namespace {

// Null: the sheet's own command is started, or nothing where it has no server.
const ServerProgram* find_program(const FrontMatter& front, const ServerTable& servers) {
  const auto entry = servers.find(front.server);
  if (entry != servers.end()) return &entry->second;
  if (front.server.empty() || !front.command.empty()) return nullptr;
  throw std::runtime_error("there is no server named `" + front.server + "`");
}

// One port for both protocols where the sheet leaves both to the system.
ServerPorts choose_ports(ServerPorts ports, IpVersion version) {
  const bool choose_tcp = ports.wants_tcp && ports.tcp == 0;
  const bool choose_udp = ports.wants_udp && ports.udp == 0;
  if (!choose_tcp && !choose_udp) return ports;
  const std::uint16_t port = choose_free_port(version);
  if (choose_tcp) ports.tcp = port;
  if (choose_udp) ports.udp = port;
  return ports;
}

constexpr const char* kNeedsNetwork = "needs a private network";

}  // namespace

StageWorld::StageWorld(const Scenario& scenario, const ServerTable& servers,
                       const RunOptions& options, std::uint32_t patience)
    : scenario_(scenario), options_(options), patience_(patience) {
  const ServerProgram* const program = find_program(scenario.front, servers);
  if (const auto missing = missing_program(scenario.front)) throw UnmetNeed{*missing};
  ports_ = plan_ports(scenario, servers);
  events_ = check_descriptor(::epoll_create1(EPOLL_CLOEXEC), "open an epoll");
  if (options.running) {
    find_running_server();
  } else {
    open_private_network(program);
  }
  if (capture_) capture_->start();
}

void StageWorld::open_private_network(const ServerProgram* program) {
  const FrontMatter& front = scenario_.front;
  const NetworkUse use = options_.capture ? NetworkUse::with_capture : NetworkUse::without_capture;
  network_ = enter_private_network(use);
  if (const auto unmet = unmet_need(front, has_ipv6_loopback())) throw UnmetNeed{*unmet};
  if (has_path(scenario_) && network_ == NetworkKind::host_loopback) throw UnmetNeed{kNeedsNetwork};
  if (front.mtu_bytes && !has_path(scenario_)) set_mtu(*front.mtu_bytes);
  host_ = front.ip == IpVersion::v4 ? "127.0.0.1" : "::1";
  if (front.address) take_address(*front.address);
  if (network_ == NetworkKind::host_loopback) take_place();
  ports_ = choose_ports(ports_, front.ip);
  if (options_.capture || has_path(scenario_)) open_capture();
  stalls_ = std::make_unique<StallWatch>();  // a process with threads could enter no network
  if (!front.hosts.empty()) name_hosts();
  open_tracer();
  // A reference server stays outside, where a client program cannot reach it.
  if (options_.client_command.empty()) open_sandbox();
  start_server(program);
  if (!options_.client_command.empty()) open_sandbox();
  if (front.ip == IpVersion::v6) require_ipv6();
}

void StageWorld::set_mtu(std::uint32_t bytes) const {
  if (network_ == NetworkKind::host_loopback) throw UnmetNeed{kNeedsNetwork};
  set_loopback_mtu(bytes);
}

// What programs are told of the names must be nobody else's.
void StageWorld::name_hosts() {
  if (network_ == NetworkKind::host_loopback) throw UnmetNeed{kNeedsNetwork};
  try {
    names_.emplace(scenario_.front.hosts, parse_ip_address(host_).value());
  } catch (const SystemError& refused) {
    throw UnmetNeed{fmt::format("needs host names of its own: {}", refused.what())};
  }
}

// What cannot be another's is the sheet's own, as in a network of its own.
void StageWorld::take_place() {
  const LoopbackUse use = plan_loopback(scenario_, options_);
  if (scenario_.front.ip == IpVersion::v4) place_.emplace();
  if (use.own_address) host_ = render_ip_address(place_->server());
  if (use.own_port && ports_.wants_tcp) ports_.tcp = place_->port();
  if (use.own_port && ports_.wants_udp) ports_.udp = place_->port();
  sockets_before_ = read_socket_table({ports_.tcp, ports_.udp, std::nullopt});
}

// Only where nobody else can see it.
void StageWorld::take_address(const IpAddress& address) {
  if (network_ == NetworkKind::host_loopback) throw UnmetNeed{kNeedsNetwork};
  add_loopback_address(address);
  host_ = render_ip_address(address);
}

// Somebody's own program need not speak IPv6.
void StageWorld::require_ipv6() const {
  const Endpoint server{parse_ip_address(host_).value(), ports_.tcp};
  if (scenario_.front.command.empty() || ports_.tcp == 0) return;
  if (!find_listening_sockets(ListenProtocol::tcp, server).empty()) return;
  throw UnmetNeed{"needs ipv6: the server does not listen on " + render_endpoint(server)};
}

void StageWorld::find_running_server() {
  const RunningServer& running = *options_.running;
  route_ = find_route(running.address);
  host_ = render_ip_address(running.address);
  // Clients that may choose use TCP.
  if (!scenario_.front.transport && ports_.wants_tcp) ports_.wants_udp = false;
  if (const auto unmet = unmet_by_running(scenario_, ports_, running, route_)) {
    throw UnmetNeed{*unmet};
  }
  ports_.tcp = ports_.wants_tcp ? running.tcp_port : std::uint16_t{0};
  ports_.udp = ports_.wants_udp ? running.udp_port : std::uint16_t{0};
  if (options_.capture) open_capture();
  stalls_ = std::make_unique<StallWatch>();
  server_ = std::make_unique<StageServer>(RunningServer{running.address, ports_.tcp, ports_.udp});
  stalls_->watch(server_->process());
  trace_running_server();
}

// Only where the user asks for it: it is somebody else's program.
void StageWorld::trace_running_server() {
  const bool needed = plan_trace(scenario_, {}) == TraceWish::needed;
  if (options_.trace) {
    AttachedServer attached = attach_to_server(*server_);
    tracer_ = std::move(attached.tracer);
    untraced_ = std::move(attached.refusal);
  } else if (needed) {
    untraced_ = "a server that runs already is traced with --trace only";
  }
  if (needed && !tracer_) throw UnmetNeed{"needs trace: " + untraced_};
}

// All at once: a tracer would have to follow each of many processes to its end.
StageWorld::~StageWorld() {
  if (sandbox_) sandbox_->end_all();
}

Duration StageWorld::timeout() const {
  return options_.timeout.value_or(scenario_.front.timeout);
}

void StageWorld::open_capture() {
  CaptureRequest request;
  request.ports = ports_;
  request.served = served_ports(scenario_, ports_.tcp, ports_.udp);
  request.shares_loopback = !options_.running && network_ == NetworkKind::host_loopback;
  if (place_) {
    const LoopbackUse use = plan_loopback(scenario_, options_);
    if (!use.alone) request.own_net = place_->net();
    // Of a program whose address the system chooses.
    if (use.own_port) request.own_ports = {place_->port()};
  }
  if (options_.running) request.running = options_.running->address;
  request.route = route_;
  request.wake_after = plan_wake_after(scenario_, patience_);
  capture_ = has_path(scenario_) ? std::make_unique<StageCapture>(request, open_path())
                                 : std::make_unique<StageCapture>(request);
  watch(capture_->readable_fd());
}

// Where there can be no such devices the sheet cannot be played.
std::unique_ptr<PacketRecord> StageWorld::open_path() {
  const ServedPorts served = served_ports(scenario_, ports_.tcp, ports_.udp);
  PathDevices devices;
  try {
    devices = open_path_devices({host_, served.tcp, served.udp},
                                scenario_.front.mtu_bytes.value_or(kPathMtuBytes));
  } catch (const SystemError& error) {
    throw UnmetNeed{std::string("needs a path for its packets: ") + error.what()};
  }
  std::vector<PathRule> rules;
  for (const PlacedPathRule& placed : scenario_.path_rules) rules.push_back(placed.rule);
  std::map<IpAddress, std::string> actors;
  if (scenario_.session) {
    for (const SheetActor& actor : plan_session(*scenario_.session).actors) {
      actors[actor_endpoint(actor.number, std::nullopt).address] = actor.name;
    }
  }
  const auto actor_at = [actors](const IpAddress& address) {
    const auto found = actors.find(address);
    return found == actors.end() ? std::string() : found->second;
  };
  auto record = std::make_unique<PathCapture>(
      std::move(devices),
      PathRules(std::move(rules), scenario_.front.path, scenario_.layouts, actor_at));
  path_ = record.get();
  return record;
}

std::vector<PathUse> StageWorld::path_uses() const {
  return path_ == nullptr ? std::vector<PathUse>() : path_->uses();
}

std::vector<PathPassage> StageWorld::path_passages() const {
  return path_ == nullptr ? std::vector<PathPassage>() : path_->passages();
}

pid_t StageWorld::listening_process() const {
  const Endpoint server{parse_ip_address(host_).value(), ports_.tcp};
  return find_listening_process(ListenProtocol::tcp, server).process;
}

std::string StageWorld::sockets_unseen() const {
  return options_.running && server_->process() == 0 ? server_->unseen() : "";
}

void StageWorld::open_tracer() {
  const TraceWish wish = plan_trace(scenario_, options_);
  if (wish == TraceWish::none) return;
  try {
    const bool is_reduced = options_.sandbox && network_ == NetworkKind::host_loopback;
    if (is_reduced && hide_programs(find_reduced_walls())) {
      throw SystemError("trace a program that the sandbox runs as another user", EPERM);
    }
    tracer_ = std::make_unique<Tracer>();
  } catch (const SystemError& error) {
    no_tracer_ = error.what();
    if (wish == TraceWish::needed) throw UnmetNeed{"needs trace: " + no_tracer_};
  }
}

// After the tracer: from then on there can be no further thread.
void StageWorld::open_sandbox() {
  const std::string& client = options_.client_command;
  const std::string& command = client.empty() ? scenario_.front.command : client;
  if (!options_.sandbox || command.empty()) return;
  SandboxRequest request = *options_.sandbox;
  const auto& folder = client.empty() ? options_.command_folder : options_.client_folder;
  request.shown = files_of_command(command, folder);
  if (!client.empty()) request.shown.push_back(scenario_.path.parent_path());
  sandbox_ = std::make_unique<Sandbox>(request, network_);
}

std::string StageWorld::find_refused_file(const PlayedSession& played) const {
  if (!sandbox_ || network_ != NetworkKind::host_loopback) return "";
  const auto tells = [](std::string_view output) {
    return output.find("Permission denied") != std::string_view::npos ||
           output.find("EACCES") != std::string_view::npos;
  };
  const bool was_refused =
      tells(server_->output()) || std::ranges::any_of(played.failures, tells, &FailedStep::output);
  if (!was_refused) return "";
  return "a check failed, and the reduced sandbox may have refused the program a file: it said "
         "\"Permission denied\", and can write into TMPDIR alone";
}

TraceBatch StageWorld::server_calls(const std::vector<ActorEndpoint>& actors) {
  if (!tracer_) return {};
  std::vector<SocketCall> open = tracer_->sync();
  add_batch(tracer_->take(), traced_);
  TraceBatch batch = traced_;
  if (batch.lost_calls > 0) {
    // A part of them would make causes of what was none.
    untraced_ = "it made more calls than are kept: " + std::to_string(batch.lost_calls) +
                " beyond " + std::to_string(kMostWaitingCalls);
    batch.calls.clear();
    return batch;
  }
  add_open_calls(batch.calls, std::move(open));
  if (options_.running) batch.calls = keep_own_calls(std::move(batch.calls), actors);
  return batch;
}

bool StageWorld::await_server_calls(const Deadline& deadline) const {
  return tracer_ && await_readable(tracer_->readable_fd(), deadline, "wait for traced calls");
}

std::string StageWorld::calls_unseen() const {
  if (options_.running) {
    return options_.trace ? "a server that runs already has made its first calls untraced"
                          : "the calls of a server that runs already are not traced";
  }
  return tracer_ ? untraced_ : "needs trace: " + no_tracer_;
}

void StageWorld::start_server(const ServerProgram* program) {
  if (!has_server(scenario_.front)) {
    server_ = std::make_unique<StageServer>();
    return;
  }
  ServerLaunch launch;
  if (scenario_.front.command.empty()) launch.serve = program->serve;
  if (scenario_.front.command.empty() && !launch.serve) {
    throw std::runtime_error(fmt::format(
        "nothing starts the server `{}`: its description has no command", program->name));
  }
  launch.command = scenario_.front.command;
  launch.folder =
      options_.command_folder.empty() ? scenario_.path.parent_path() : options_.command_folder;
  launch.start.host = host_;
  launch.start.tcp_port = ports_.tcp;
  launch.start.udp_port = ports_.udp;
  launch.start.parameters = scenario_.front.parameters;
  launch.start.patience = timeout();
  launch.start_limit = start_limit(scenario_.front, options_, program);
  launch.stop_limit = std::chrono::ceil<std::chrono::milliseconds>(timeout());
  launch.stalls = stalls_.get();
  launch.tracer = tracer_.get();
  launch.sandbox = sandbox_.get();  // none yet where it is for clients
  try {
    server_ = std::make_unique<StageServer>(std::move(launch));
  } catch (ServerStartError& error) {
    // In a network of its own nobody else can have it.
    error.found_port_in_use &= network_ == NetworkKind::host_loopback;
    throw;
  }
  stalls_->watch(server_->process());
  watch(server_->output_fd());
}

void StageWorld::watch(int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  check_call(::epoll_ctl(events_.get(), EPOLL_CTL_ADD, fd, &event), "watch a descriptor");
}

void StageWorld::drain() {
  if (capture_) capture_->drain();
  server_->drain_output();
}

PlayOptions StageWorld::play_options() {
  PlayOptions options;
  options.server = parse_ip_address(host_).value();
  options.tcp_port = ports_.tcp;
  options.udp_port = ports_.udp;
  options.tracer = tracer_.get();
  options.own_client_addresses =
      (place_ || network_ != NetworkKind::host_loopback) && scenario_.front.ip == IpVersion::v4;
  if (place_) options.client_net = place_->net();
  if (network_ == NetworkKind::host_loopback) options.sockets_of = options.server;
  options.sockets_before = sockets_before_;
  options.client_address = route_.source;
  options.sockets_skipped = sockets_unseen();
  options.only_own_sockets = options_.running.has_value();
  options.timeout = options_.timeout;
  if (!options_.client_command.empty()) options.sandbox = sandbox_.get();
  options.capture_fd = events_.get();
  options.on_capture_readable = [this] { drain(); };
  options.server_action = [this](ServerAction action) {
    const ServerOutcome outcome = act_on_server(*server_, action);
    stalls_->watch(server_->process());
    if (action == ServerAction::idle && !outcome.failure.empty() && !outcome.lacked_time) {
      server_was_idle_ = false;
    }
    return outcome;
  };
  return options;
}

Soundness StageWorld::finish_capture(const PlayedSession& played,
                                     const std::function<void()>& on_time_out) {
  if (!capture_) return {};
  const auto await = [this](const std::function<bool()>& holds, Duration limit) {
    return await_packets(holds, limit);
  };
  const Soundness soundness = capture_->finish(played, {*server_, timeout(), await, on_time_out});
  return options_.capture ? soundness : Soundness{};
}

std::string StageWorld::capture_remark() const {
  const std::uint64_t count = capture_ ? capture_->foreign_left_out() : 0;
  if (count == 0) return "";
  return fmt::format(
      "the capture leaves out {} that neither the server's port nor its clients are in: more than "
      "{} or {} MiB came",
      counted(count, "packet"), kMostForeignPackets, kMostForeignBytes >> 20);
}

bool StageWorld::await_packets(const std::function<bool()>& have_come, Duration limit) {
  const Deadline deadline(limit);
  for (;;) {
    drain();
    if (have_come()) return true;
    if (deadline.is_over()) return false;
    await_readable(events_.get(), deadline, "wait for captured packets");
  }
}

}  // namespace wireproof
