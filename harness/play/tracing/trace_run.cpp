#include "play/tracing/trace_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/system/process.h"
#include "expect/cause/connection_calls.h"
#include "judge/judge.h"
#include "judge/story/conversation_story.h"
#include "judge/traffic/traffic.h"
#include "machine/host/child_processes.h"
#include "machine/process/server_process.h"
#include "machine/process/shell_command.h"
#include "play/stage/worker.h"
#include "play/tracing/trace_world.h"
#include "result/result_codec.h"

namespace wireproof {
namespace {

constexpr std::chrono::milliseconds kGrace{
    60000};  // beyond the sum of the limits, for a slow machine

// The run as the main process sees it.
class TraceRun {
 public:
  TraceRun(const TraceRequest& request, const TraceWatch& watch)
      : request_(request),
        watch_(watch),
        task_{&request, watch.on_packets != nullptr},
        worker_([this](const UniqueFd& link) { run_trace_stage(task_, link); }) {}

  TraceResult wait() {
    // Until the result comes, at least the server's name is known.
    result_.programs.emplace_back().name = program_name(request_.server);
    const auto limits =
        PatientLimit::kMostPatience * request_.start_limit + request_.timeout + request_.end_limit;
    const auto stops =
        2 * request_.stop_limit * static_cast<int>(request_.clients.size() + 1) + kGrace;
    worker_.allow(Deadline(limits + stops));
    do {
      await_link();
    } while (read_link());
    const int status = worker_.end();
    if (!has_result_) {
      throw TraceRefused(
          "", "the process of the traced run " + render_process_end(read_wait_status(status)), {});
    }
    return std::move(result_);
  }

 private:
  void await_link() {
    if (worker_.deadline().is_over()) {
      throw TraceRefused("", "the traced run did not end within its limits", {});
    }
    std::array<pollfd, 2> entries{pollfd{worker_.link_fd(), POLLIN, 0},
                                  pollfd{asked_to_stop_ ? -1 : watch_.stop_fd, POLLIN, 0}};
    await_any(entries, worker_.deadline(), "wait for the traced run");
    if (entries[1].revents != 0) {
      worker_.send({FrameKind::go, ""});
      asked_to_stop_ = true;
    }
  }

  // False when the stage has closed the link.
  bool read_link() {
    const bool is_open = worker_.read();
    const std::size_t packets_before = result_.packets.size();
    while (const auto frame = worker_.next()) take(*frame);
    const bool more = result_.packets.size() > packets_before;
    if (more && watch_.on_packets) watch_.on_packets(result_);
    return is_open;
  }

  void take(const Frame& frame) {
    switch (frame.kind) {
      case FrameKind::packet:
        read_packet_frame(frame.body, result_.packets);
        return;
      case FrameKind::calls:
        for (SocketCall& call : read_json<std::vector<SocketCall>>(frame.body)) {
          result_.calls.push_back(std::move(call));
        }
        return;
      case FrameKind::result: {
        PacketStore packets = std::move(result_.packets);
        result_ = read_json<TraceResult>(frame.body);
        result_.packets = std::move(packets);
        has_result_ = true;
        return;
      }
      case FrameKind::refusal: {
        const Diagnostic refusal = read_json<Diagnostic>(frame.body);
        throw TraceRefused(refusal.label, refusal.message, refusal.notes);
      }
      case FrameKind::play:
      case FrameKind::go:
      case FrameKind::ready:
      case FrameKind::idle:
      case FrameKind::final_result:
        return;
    }
  }

  const TraceRequest& request_;
  const TraceWatch& watch_;
  TraceTask task_;
  Worker worker_;
  TraceResult result_;
  bool has_result_ = false;
  bool asked_to_stop_ = false;
};

void check_inputs(const TraceRequest& request) {
  for (const TracedClient& client : request.clients) {
    if (client.input.size() <= kMaxTracedInput) continue;
    throw TraceRefused(client.command,
                       "the input has " + std::to_string(client.input.size()) + " bytes, at most " +
                           std::to_string(kMaxTracedInput) + " fit",
                       {});
  }
}

// Whose end of a connection it is; empty: no call tells.
std::string find_actor(const TcpConnection& connection, std::span<const SocketCall> calls,
                       Side side) {
  const SideCalls own = sort_calls(connection, calls, side);
  if (own.connect != nullptr) return own.connect->actor;
  if (own.accept != nullptr) return own.accept->actor;
  if (!own.releases.empty()) return own.releases.front()->actor;
  if (!own.sends.empty()) return own.sends.front().call->actor;
  return "";
}

// By what its socket sent and took, whichever side that is on: a server may answer from another
// port, and an exchange begin with its answer.
std::string find_actor(const UdpExchange& exchange, std::span<const Cause> causes,
                       std::span<const SocketCall> calls, Side side) {
  for (std::size_t i = 0; i < causes.size(); ++i) {
    const bool sent = exchange.datagrams[i].from == side;
    const auto& own = sent ? causes[i].causing_calls : causes[i].taking_calls;
    if (!own.empty()) return calls[own.back()].actor;
  }
  const Endpoint& end = side == Side::client ? exchange.client : exchange.server;
  for (const SocketCall& call : calls) {
    const bool is_bound = call.name == "bind" && call.result == 0;
    if (is_bound && names_endpoint(call.local, end)) return call.actor;
  }
  return "";
}

// Whose process serves: that of the server's call which sent the packet, or took what it carried.
std::int64_t serving_process(const Cause& cause, std::span<const SocketCall> calls) {
  for (const auto* indexes : {&cause.causing_calls, &cause.taking_calls}) {
    for (const std::size_t index : *indexes) {
      if (calls[index].side == Side::server) return calls[index].process;
    }
  }
  return 0;
}

class Analyst {
 public:
  explicit Analyst(const TraceResult& result) : result_(result) {}

  TraceAnalysis analyse() {
    DecodedCapture capture = decode_capture(result_.packets, 0, 0);
    const std::vector<ActorEndpoint> actors = tell(capture.conversations);
    const Traffic traffic(std::move(capture), actors, result_.calls);
    analysis_.soundness = result_.soundness;
    add_stream_faults(traffic.conversations(), analysis_.soundness);
    analysis_.call_packets = join_packets(traffic.causes(), result_.calls.size());
    analysis_.packets = make_packet_lines(traffic, {}, server_name());
    // What is known beside the calls' names goes into the remark.
    for (const auto& [packet, cause] : traffic.causes()) {
      analysis_.packets.at(packet).remark.facts = cause.facts;
      analysis_.packets.at(packet).process = serving_process(cause, result_.calls);
    }
    for (const auto& [packet, ends] : ends_) {
      analysis_.packets.at(packet).from = ends.first;
      analysis_.packets.at(packet).to = ends.second;
    }
    return std::move(analysis_);
  }

 private:
  template <class Conversation, class Parts>
  void name_ends(const Conversation& told, const Parts& parts) {
    for (const auto& part : parts) {
      ends_[part.packet] = {told.client_name, told.server_name};
      if (part.from == Side::server) std::swap(ends_[part.packet].first, ends_[part.packet].second);
    }
  }

  TraceConversation begin(const TcpConnection& connection) const {
    TraceConversation begun;
    begun.client = connection.client;
    begun.server = connection.server;
    begun.client_name = find_actor(connection, result_.calls, Side::client);
    if (begun.client_name.empty()) begun.client_name = render_endpoint(connection.client);
    begun.server_name = find_actor(connection, result_.calls, Side::server);
    if (begun.server_name.empty()) begun.server_name = server_name();
    return begun;
  }

  // A port that nobody has is an address, not the server.
  TraceConversation begin(const UdpExchange& exchange, std::span<const Cause> causes) const {
    TraceConversation begun;
    begun.tcp = false;
    begun.client = exchange.client;
    begun.server = exchange.server;
    begun.client_name = find_actor(exchange, causes, result_.calls, Side::client);
    if (begun.client_name.empty()) begun.client_name = render_endpoint(exchange.client);
    begun.server_name = find_actor(exchange, causes, result_.calls, Side::server);
    if (begun.server_name.empty()) begun.server_name = render_endpoint(exchange.server);
    return begun;
  }

  // Of an exchange that begins with an answer: whom it was for had sent to another address.
  void tell_other_address(TraceConversation& told) const {
    const auto asked =
        std::ranges::find_if(analysis_.conversations, [&told](const TraceConversation& before) {
          return !before.tcp && before.client == told.server &&
                 before.server_name == told.client_name;
        });
    if (asked == analysis_.conversations.end()) return;
    const bool same_address = asked->server.address == told.client.address;
    told.story.insert(told.story.begin(),
                      same_address ? fmt::format("{} answered from port {}: {} had sent to port {}",
                                                 told.client_name, told.client.port,
                                                 told.server_name, asked->server.port)
                                   : fmt::format("{} answered from {}: {} had sent to {}",
                                                 told.client_name, render_endpoint(told.client),
                                                 told.server_name, render_endpoint(asked->server)));
  }

  std::string server_name() const {
    return result_.programs.empty() ? "server" : result_.programs.front().name;
  }

  // Tells of each conversation, and whose the clients' ends are.
  std::vector<ActorEndpoint> tell(const Conversations& conversations) {
    std::vector<ActorEndpoint> actors;
    const std::vector<QueuedConnection> queued = list_queued(conversations.tcp, result_.calls);
    const StoryScene scene{queued, result_.sockets};
    for (const TcpConnection& connection : conversations.tcp) {
      TraceConversation told = begin(connection);
      told.history = render_history(connection);
      told.ended = connection.ended;
      told.story =
          tell_connection(connection, result_.calls, {told.client_name, told.server_name}, scene);
      name_ends(told, connection.segments);
      actors.push_back({told.client_name, connection.client, true});
      analysis_.conversations.push_back(std::move(told));
    }
    const auto causes = infer_causes(conversations.udp, result_.calls);
    for (std::size_t number = 0; number < causes.size(); ++number) {
      const UdpExchange& exchange = conversations.udp[number];
      TraceConversation told = begin(exchange, causes[number]);
      told.story = tell_exchange(exchange, causes[number], result_.calls,
                                 {told.client_name, told.server_name});
      tell_other_address(told);
      name_ends(told, exchange.datagrams);
      actors.push_back({told.client_name, exchange.client, false});
      analysis_.conversations.push_back(std::move(told));
    }
    return actors;
  }

  const TraceResult& result_;
  TraceAnalysis analysis_;
  std::map<std::size_t, std::pair<std::string, std::string>> ends_;  // of packets: from, to
};

}  // namespace

TraceResult run_trace(const TraceRequest& request, const TraceWatch& watch) {
  check_inputs(request);
  return TraceRun(request, watch).wait();
}

TraceAnalysis analyse_trace(const TraceResult& result) {
  return Analyst(result).analyse();
}

}  // namespace wireproof
