#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "expect/cause/cause.h"
#include "judge/traffic/played_session.h"
#include "packets/flow/tcp_connection.h"
#include "packets/wire/packet.h"

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

// The conversations of one actor, in the order in which it opened them.
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
  // Who is behind an endpoint, is whose conversations from it are; of several the first.
  Traffic(DecodedCapture capture, const std::vector<ActorEndpoint>& actors,
          const std::vector<SocketCall>& calls);
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
  // The actor of a client's end, empty when it is nobody's.
  const std::string& actor_at(const Endpoint& client, bool tcp) const;
  // Of the first packet that has a time.
  Timestamp start() const;

 private:
  ActorConversations& entry(const std::string& actor);

  DecodedCapture capture_;
  std::map<std::pair<bool, Endpoint>, std::string> owners_;  // by TCP or not
  std::vector<ActorConversations> actors_;
  std::map<std::string, std::size_t> indexes_;  // into actors_
  CauseMap causes_;
};

// Whose the conversations of a session are: by the endpoints that it noted. Those that no client
// of the sheet opened belong to the sheet's only program; of several programs the first started
// has the first such conversation, the next the next, and the last one all that are left.
Traffic assign_traffic(DecodedCapture capture, const PlayedSession& played);

}  // namespace wireproof
