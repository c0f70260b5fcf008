#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "expect/cause/cause.h"
#include "judge/traffic/played_session.h"
#include "packets/capture/watched_capture.h"
#include "packets/flow/tcp_connection.h"
#include "packets/wire/packet.h"
#include "sheet/scenario.h"

namespace wireproof {

// The packets of a capture, and the conversations with the server among them.
struct DecodedCapture {
  std::vector<Packet> packets;  // views into the store
  Conversations conversations;
};

// The ports are the server's, 0: none; both 0: any conversation is one. `packets` must outlive
// what comes out.
DecodedCapture decode_capture(const PacketStore& packets, std::uint16_t tcp_port,
                              std::uint16_t udp_port);
DecodedCapture decode_capture(const PacketStore& packets, ServedPorts ports);

// Where a sheet's conversations go to: the server's ports, 0 for none, and those on which its
// actors listen.
ServedPorts served_ports(const Scenario& scenario, std::uint16_t tcp_port, std::uint16_t udp_port);

// The datagram of a side with that index, from 0; null: it sent fewer.
const Datagram* find_datagram(const UdpExchange& exchange, Side from, std::uint64_t index);
// How often a datagram came: not at all where a path lost it, twice where it made two of it.
std::size_t count_arrivals(const Datagram& datagram);
// The datagram of a side that came with that index, from 0; null: fewer came.
const Datagram* find_arrival(const UdpExchange& exchange, Side from, std::uint64_t index);

// What a capture that has ended is worth (capture.md).
Soundness judge_soundness(const CaptureCounts& counts);

// Adds what the streams themselves show to be missing from a capture: bytes that were
// acknowledged but never captured, packets that were cut. Live and offline, a hole or a cut
// payload makes packet tables unjudgeable (capture.md).
void add_stream_faults(const Conversations& conversations, Soundness& soundness);

// How many bytes of a stream were captured in front of its first gap, from its opening on; 0 where
// that was not captured.
std::size_t captured_size(const TcpConnection& connection, Side from);

// Whether all that may be missing from a capture are bytes of streams: every connection has its
// opening, and nothing was cut or sent again with other content.
bool lacks_only_gaps(const Conversations& conversations);

// Whether it was reset: by a RST that arrived. Without `from`, by either side.
bool was_reset(const TcpConnection& connection, std::optional<Side> from = std::nullopt);
// Whether the client was connected (RFC 9293 §3.5: it has acknowledged the server's SYN) before
// that segment of the connection; it always was where the capture does not show its SYN.
bool was_established(const TcpConnection& connection, const Segment& before);

// Whether a saved capture ends, or was cut, while the connection was open: neither end closed or
// reset it. What is missing behind its last packet nobody can blame on an end.
bool is_cut_off(const TcpConnection& connection);
std::string render_cut_off(const TcpConnection& connection);

// Whether a capture shows the opening of neither end, so that the first bytes that it has of a side
// may be any of its stream.
bool begins_in_middle(const TcpConnection& connection);
// Whether of such a connection nothing but how it closed was captured: no byte of either end.
bool shows_end_only(const TcpConnection& connection);
std::string render_begun_before(const TcpConnection& connection);

// The names that a scenario's packet tables and session give to clients, in the order of their
// connecting: declared actors, else the tables' labels.
std::vector<std::string> actor_names(const Scenario& scenario);

// The conversations of one client, in the order in which it opened them. The server is a client of
// the actors that it connects to.
struct ActorConversations {
  std::string actor;
  std::vector<const TcpConnection*> tcp;
  std::vector<const UdpExchange*> udp;
};

// The causes of all packets, by capture index.
using CauseMap = std::map<std::size_t, Cause>;

// What a capture shows of one session: decoded once, for all who judge it. Its parts point into
// each other, so it can be moved but not copied. The packets' bytes are the store's.
class Traffic {
 public:
  // Who is behind an endpoint, is whose conversations from it are. Where several connected from it,
  // the second has the second conversation; what is more of them the last one has, or with
  // `claims_once` nobody.
  // Actors that play the server's part have none of their own; `serving` tells whose they accept.
  Traffic(DecodedCapture capture, const std::vector<ActorEndpoint>& actors,
          const std::vector<SocketCall>& calls, bool claims_once = false,
          const ServingActors& serving = {});
  Traffic(Traffic&&) = default;
  Traffic& operator=(Traffic&&) = default;
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;
  ~Traffic() = default;

  const std::vector<Packet>& packets() const { return capture_.packets; }
  const Conversations& conversations() const { return capture_.conversations; }
  const CauseMap& causes() const { return causes_; }
  // In the order in which they connected, also those that have no conversation.
  const std::vector<ActorConversations>& actors() const { return actors_; }
  // Null: nobody has that name.
  const ActorConversations* find(const std::string& actor) const;
  // The actor of a conversation of these, empty when it is nobody's.
  const std::string& actor_of(const TcpConnection& connection) const {
    return name_of(&connection);
  }
  const std::string& actor_of(const UdpExchange& exchange) const { return name_of(&exchange); }
  // The actor at the server's end; empty: the server.
  const std::string& server_of(const TcpConnection& connection) const {
    return server_name(&connection);
  }
  const std::string& server_of(const UdpExchange& exchange) const { return server_name(&exchange); }
  // Those of a client, null for anybody's, with an actor at the server's end, or the server.
  ActorConversations between(const ActorConversations* client, const std::string& server) const;
  // Conversations of nobody.
  std::vector<const TcpConnection*> left_over_tcp() const;
  std::vector<const UdpExchange*> left_over_udp() const;
  // Of the first packet that has a time.
  Timestamp start() const;

 private:
  ActorConversations& entry(const std::string& actor);
  const std::string& name_of(const void* conversation) const;
  const std::string& server_name(const void* conversation) const;
  void find_servers(const ServingActors& serving);

  DecodedCapture capture_;
  std::map<const void*, std::string> owners_;   // of conversations
  std::map<const void*, std::string> servers_;  // of those that actors accept
  std::vector<ActorConversations> actors_;
  std::map<std::string, std::size_t> indexes_;  // into actors_
  CauseMap causes_;
};

// Whose the conversations of a session are: by the endpoints that it noted. Those that no client
// of the sheet opened belong to the sheet's only program; of several programs the first started
// has the first such conversation, the next the next, and the last one all that are left. Offline a
// connection from an endpoint that was used before is another client's.
Traffic assign_traffic(DecodedCapture capture, const PlayedSession& played, bool offline = false);

// The slowest reply of a session.
struct ReplyTime {
  Duration lasted{};
  std::string actor;
  std::size_t request = 0;  // the packets, as indexes into the capture
  std::size_t reply = 0;

  bool operator==(const ReplyTime&) const = default;
};

// Of all requests that our own clients sent and got an answer to: from the packet with the last
// byte that was sent before a `recv` to the packet with the first byte that this `recv` took. A
// reply that left before its request was complete is none. Nothing: there was no reply.
std::optional<ReplyTime> find_slowest_reply(const Conversations& conversations,
                                            std::span<const ActorEndpoint> actors,
                                            std::span<const SocketCall> calls);

}  // namespace wireproof
