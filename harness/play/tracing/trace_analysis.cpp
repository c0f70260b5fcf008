#include "play/tracing/trace_analysis.h"

#include <algorithm>

#include "expect/cause/connection_calls.h"
#include "judge/explain/conversation_story.h"
#include "judge/packet_lines.h"
#include "judge/traffic/stream_faults.h"

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
  explicit Analyst(const TraceResult& result)
      : result_(result),
        packets_(result.packets.decode_all()),
        conversations_(build_conversations(packets_, 0, 0)),
        causes_(join_causes(conversations_, result.calls)) {}

  TraceAnalysis analyse();

 private:
  template <class Conversation>
  TraceConversation begin(const Conversation& conversation);
  std::string server_name() const;
  void add_details(std::vector<PacketLine>& lines) const;

  const TraceResult& result_;
  std::vector<Packet> packets_;
  Conversations conversations_;
  CauseMap causes_;
  TraceAnalysis analysis_;
};

std::string Analyst::server_name() const {
  return result_.programs.empty() ? "server" : result_.programs.front().name;
}

template <class Conversation>
TraceConversation Analyst::begin(const Conversation& conversation) {
  TraceConversation begun;
  begun.client = conversation.client;
  begun.server = conversation.server;
  begun.client_name = find_actor(conversation, result_.calls, Side::client);
  if (begun.client_name.empty()) begun.client_name = render_endpoint(conversation.client);
  begun.server_name = find_actor(conversation, result_.calls, Side::server);
  if (begun.server_name.empty()) begun.server_name = server_name();
  return begun;
}

// What is known beside the calls' names goes into the remark.
void Analyst::add_details(std::vector<PacketLine>& lines) const {
  for (const auto& [packet, cause] : causes_) {
    lines.at(packet).remark.facts = cause.facts;
  }
}

TraceAnalysis Analyst::analyse() {
  ActorMap actors;
  for (const TcpConnection& connection : conversations_.tcp) {
    TraceConversation told = begin(connection);
    told.history = render_history(connection);
    told.ended = connection.ended;
    told.story = tell_connection(connection, result_.calls, {told.client_name, told.server_name});
    actors.actors.push_back({told.client_name, {&connection}, {}});
    analysis_.conversations.push_back(std::move(told));
  }
  for (const UdpExchange& exchange : conversations_.udp) {
    TraceConversation told = begin(exchange);
    told.tcp = false;
    told.story = tell_exchange(exchange, result_.calls, {told.client_name, told.server_name});
    actors.actors.push_back({told.client_name, {}, {&exchange}});
    analysis_.conversations.push_back(std::move(told));
  }
  analysis_.soundness = result_.soundness;
  add_stream_faults(conversations_, analysis_.soundness);
  analysis_.call_packets = join_packets(causes_, result_.calls.size());
  const std::map<std::size_t, PacketNote> no_notes;
  analysis_.packets =
      make_packet_lines({packets_, &conversations_, &actors, &causes_, &no_notes, server_name()});
  add_details(analysis_.packets);
  return std::move(analysis_);
}

}  // namespace

TraceAnalysis analyse_trace(const TraceResult& result) {
  return Analyst(result).analyse();
}

}  // namespace wireproof
