#include <algorithm>

#include "expect/cause/connection_calls.h"
#include "judge/explain/conversation_story.h"
#include "judge/judge.h"
#include "judge/traffic/traffic.h"
#include "play/tracing/trace_run.h"

namespace wireproof {
namespace {

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

std::string find_actor(const UdpExchange& exchange, std::span<const SocketCall> calls, Side side) {
  const Endpoint& end = side == Side::client ? exchange.client : exchange.server;
  for (const SocketCall& call : calls) {
    if (call.side == side && call.local && call.local->port == end.port) return call.actor;
  }
  return "";
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
    }
    return std::move(analysis_);
  }

 private:
  template <class Conversation>
  TraceConversation begin(const Conversation& conversation) {
    TraceConversation begun;
    begun.client = conversation.client;
    begun.server = conversation.server;
    begun.client_name = find_actor(conversation, result_.calls, Side::client);
    if (begun.client_name.empty()) begun.client_name = render_endpoint(conversation.client);
    begun.server_name = find_actor(conversation, result_.calls, Side::server);
    if (begun.server_name.empty()) begun.server_name = server_name();
    return begun;
  }

  std::string server_name() const {
    return result_.programs.empty() ? "server" : result_.programs.front().name;
  }

  // Tells of each conversation, and whose the clients' ends are.
  std::vector<ActorEndpoint> tell(const Conversations& conversations) {
    std::vector<ActorEndpoint> actors;
    for (const TcpConnection& connection : conversations.tcp) {
      TraceConversation told = begin(connection);
      told.history = render_history(connection);
      told.ended = connection.ended;
      told.story = tell_connection(connection, result_.calls, {told.client_name, told.server_name});
      actors.push_back({told.client_name, connection.client, true});
      analysis_.conversations.push_back(std::move(told));
    }
    for (const UdpExchange& exchange : conversations.udp) {
      TraceConversation told = begin(exchange);
      told.tcp = false;
      told.story = tell_exchange(exchange, result_.calls, {told.client_name, told.server_name});
      actors.push_back({told.client_name, exchange.client, false});
      analysis_.conversations.push_back(std::move(told));
    }
    return actors;
  }

  const TraceResult& result_;
  TraceAnalysis analysis_;
};

}  // namespace

TraceAnalysis analyse_trace(const TraceResult& result) {
  return Analyst(result).analyse();
}

}  // namespace wireproof
