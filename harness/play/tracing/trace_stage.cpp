#include <algorithm>
#include <exception>

#include "base/system/system_call.h"
#include "expect/cause/call_facts.h"
#include "machine/host/child_processes.h"
#include "machine/host/socket_list.h"
#include "machine/process/server_process.h"
#include "machine/process/shell_command.h"
#include "play/stage/worker.h"
#include "play/tracing/failed_calls.h"
#include "play/tracing/trace_world.h"
#include "result/result_codec.h"

namespace wireproof {
namespace {

constexpr std::chrono::milliseconds kSettleLimit{500};
constexpr std::chrono::milliseconds kStartLook{20};

// Under which a client on this machine finds a server that is bound to this address.
std::string reachable_host(const IpAddress& bound) {
  const IpAddress address = unmap_ipv4(bound);
  const bool is_any = std::ranges::all_of(address.bytes, [](std::uint8_t b) { return b == 0; });
  return is_any ? "127.0.0.1" : render_ip_address(address);
}

// "it said: …" where it said anything.
std::vector<Note> output_notes(const TracedProgram& program) {
  if (program.output.empty()) return {};
  return {{"output", program.output}};
}

class TraceStage {
 public:
  TraceStage(const TraceTask& task, const UniqueFd& link)
      : request_(*task.request), world_(task, link) {
    std::vector<std::string> commands{request_.server};
    for (const TracedClient& client : request_.clients) commands.push_back(client.command);
    names_ = program_names(commands);
  }

  TraceResult run() {
    result_.started = std::chrono::system_clock::now();
    start_server();
    result_.started = std::chrono::system_clock::now();
    if (!world_.is_ending()) start_clients();
    check_clients();
    finish();
    end_programs();
    result_.calls = world_.calls();
    result_.notes = world_.notes();
    result_.interrupted = world_.interrupted();
    return std::move(result_);
  }

 private:
  void start_server() {
    server_ =
        &world_.start({{names_.front(), Side::server}, fill(request_.server), request_.folder}, "");
    if (!await_listening() && !world_.is_ending()) refuse_silent_server();
    // It may have more sockets to open, and then it waits for its first client.
    world_.await_rest(0);
    has_listened();
  }

  // False when the server has ended, listens elsewhere, or had the time of its limit.
  bool await_listening() {
    const pid_t server = server_->program().process();
    MissingTime missing(Deadline::Clock::now());
    PatientLimit limit(request_.start_limit);
    const auto missing_time = [&] {
      missing.see(look_at_tree(server), Deadline::Clock::now());
      return missing.sum_within(request_.start_limit);
    };
    const auto is_decided = [&] {
      missing_time();
      if (has_listened() || server_->program().has_ended()) return true;
      return settled_.see(!listening_.empty() && is_tree_asleep(server));
    };
    do {
      if (world_.await(is_decided, Deadline(limit.left()), kStartLook)) return has_listened();
    } while (!world_.is_ending() && !limit.is_over(missing_time));
    lacked_time_ = limit.lacked_time();
    return has_listened();
  }

  bool has_listened() {
    const auto& calls = world_.calls();
    for (; calls_seen_ < calls.size(); ++calls_seen_) see_listening(calls[calls_seen_]);
    return result_.port() != 0;
  }

  void see_listening(const SocketCall& call) {
    if (call.side != Side::server || call.result != 0 || !call.local) return;
    const std::uint16_t port = call.local->port;
    const bool is_tcp = call.name == "listen";
    const bool is_udp = call.name == "bind" && is_listening(ListenProtocol::udp, port);
    if (!is_tcp && !is_udp) return;
    listening_.push_back(*call.local);
    if (port == 0 || port != request_.port.value_or(port)) return;
    if (result_.port() == 0) result_.host = reachable_host(call.local->address);
    std::uint16_t& own = is_tcp ? result_.tcp_port : result_.udp_port;
    if (own == 0) own = port;
  }

  [[noreturn]] void refuse_silent_server() {
    const TracedProgram server = server_->result();
    const std::string name = "`" + server.command + "`";
    std::vector<Note> notes = output_notes(server);
    for (std::string& limit : world_.limits()) notes.push_back({"why", std::move(limit)});
    for (const std::string& note : world_.notes()) notes.push_back({"note", note});
    if (server.exit_code == kCannotExecute) {
      notes.push_back(
          {"help", "the command runs in a shell: is the program there, and executable?"});
      throw TraceRefused(request_.server, name + " cannot be started", notes);
    }
    if (const auto end = server_->program().how_ended()) {
      throw TraceRefused(request_.server,
                         name + " " + render_process_end(*end) + " before it listened", notes);
    }
    if (!listening_.empty()) {
      notes.push_back({"help", "--port " + std::to_string(listening_.front().port)});
      throw TraceRefused(request_.server,
                         name + " listens on " + render_endpoint(listening_.front()) +
                             ", not on port " + std::to_string(request_.port.value_or(0)),
                         notes);
    }
    notes.push_back({"why", "no call of listen() and no bind() of a UDP socket was seen"});
    notes.push_back({"help", lacked_time_ ? "it waited for a CPU: the machine is too busy"
                                          : "`--start-within` sets the limit"});
    throw TraceRefused(
        request_.server,
        name + " did not listen within " + render_duration(Duration(request_.start_limit)), notes);
  }

  void start_clients() {
    const Deadline deadline(request_.timeout);
    for (std::size_t index = 0; index < request_.clients.size(); ++index) {
      const TracedClient& client = request_.clients[index];
      TracedChild& child = world_.start(
          {{names_[index + 1], Side::client}, fill(client.command), request_.folder}, client.input);
      clients_.push_back(&child);
      world_.await([&] { return has_connected(child) || child.program().has_ended(); }, deadline);
    }
    const bool have_ended = world_.await(
        [this] {
          return std::ranges::all_of(clients_, [](auto* c) { return c->program().has_ended(); });
        },
        deadline);
    result_.timed_out = !have_ended && !world_.is_ending();
  }

  bool has_connected(const TracedChild& client) const {
    return std::ranges::any_of(world_.calls(), [&](const SocketCall& call) {
      const CallFamily family = call_family(call.name);
      return call.actor == client.name() &&
             (family == CallFamily::connect || family == CallFamily::send);
    });
  }

  void check_clients() {
    for (std::size_t index = 0; index < clients_.size(); ++index) {
      const TracedProgram client = clients_[index]->result();
      if (client.exit_code != kCannotExecute || has_connected(*clients_[index])) continue;
      throw TraceRefused(request_.clients[index].command,
                         "`" + client.command + "` cannot be started", output_notes(client));
    }
  }

  // capture.md: a marker alone would miss what a process has yet to send.
  void finish() {
    world_.await_rest(result_.udp_port);
    world_.flush();
    if (!result_.timed_out && !world_.connections_ended()) {
      world_.await([this] { return world_.connections_ended(); }, Deadline(request_.end_limit));
      world_.await_rest(result_.udp_port);
      world_.flush();
    }
    result_.connections_ended = world_.connections_ended();
    take_sockets();
    result_.soundness = world_.finish_capture();
    world_.finish_calls();
    std::ranges::move(world_.zombies(), std::back_inserter(world_.notes()));
    std::ranges::move(world_.limits(), std::back_inserter(world_.notes()));
    std::ranges::move(tell_failed_calls(world_.calls()), std::back_inserter(world_.notes()));
    result_.lasted = std::chrono::system_clock::now() - result_.started;
  }

  // The last ACK is captured a moment before it has changed its receiver's state.
  void take_sockets() {
    const auto has_settled = [this] {
      result_.sockets = read_socket_table({result_.tcp_port, result_.udp_port});
      return !result_.connections_ended ||
             std::ranges::all_of(result_.sockets, [](const SocketEntry& socket) {
               return !socket.tcp || socket.state == "LISTEN" || socket.state == "TIME-WAIT";
             });
    };
    world_.await(has_settled, Deadline(kSettleLimit), kLookPause);
  }

  void end_programs() {
    for (TracedChild* client : clients_) client->stop(request_.stop_limit);
    server_->stop(request_.stop_limit);
    result_.programs.push_back(server_->result());
    for (TracedChild* client : clients_) result_.programs.push_back(client->result());
  }

  std::string fill(const std::string& command) const {
    ServerStart start;
    start.host = result_.host.empty() ? "127.0.0.1" : result_.host;
    start.tcp_port = result_.port() != 0 ? result_.port() : request_.port.value_or(kDefaultPort);
    return fill_command(command, start);
  }

  const TraceRequest& request_;
  TraceWorld world_;
  std::vector<std::string> names_;
  TracedChild* server_ = nullptr;
  std::vector<TracedChild*> clients_;
  std::size_t calls_seen_ = 0;
  bool lacked_time_ = false;         // the server, within its limit
  std::vector<Endpoint> listening_;  // TCP and UDP, in the order of the calls
  SettledStart settled_;
  TraceResult result_;
};

void send_refusal(const UniqueFd& link, const std::string& command, const std::string& message,
                  std::vector<Note> notes) {
  Diagnostic refusal;
  refusal.message = message;
  refusal.label = command;
  refusal.notes = std::move(notes);
  write_frame(link.get(), {FrameKind::refusal, write_json(refusal)});
}

}  // namespace

void run_trace_stage(const TraceTask& task, const UniqueFd& link) {
  const OrphanCollector orphans;
  try {
    TraceStage stage(task, link);
    write_frame(link.get(), {FrameKind::result, write_json(stage.run())});
  } catch (const TraceRefused& refused) {
    send_refusal(link, refused.command, refused.what(), refused.notes);
  } catch (const std::exception& error) {
    send_refusal(link, "", error.what(), {});
  }
  orphans.end_orphans({});
}

}  // namespace wireproof
