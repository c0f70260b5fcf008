#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "judge/offline/path_arrival.h"
#include "packets/flow/tcp_connection.h"
#include "sheet/scenario.h"

namespace wireproof {

// An actor's place in a capture.
struct OfflineActor {
  const TcpConnection* tcp = nullptr;
  const UdpExchange* udp = nullptr;
  bool uses_udp = false;
  Side side = Side::client;  // its own
  bool ended = false;        // a step failed: the rest of its part is not judged
  std::size_t sent = 0;      // bytes of its stream, or datagrams, compared so far
  std::size_t received = 0;
  PathArrival arrival;         // of what its peer sent
  std::uint16_t talks_to = 0;  // a UDP server's port; 0: it has sent nothing yet
  // Of the step that failed: what is there is right, there is only too little of it.
  bool lacks_bytes = false;
  // Of the step that failed: the last byte of the peer's stream, from 0, that shows it to be wrong.
  std::optional<std::size_t> wrong_at;
  ByteView datagram;  // that its present step has read

  Side peer() const { return other_side(side); }
  // Of its peer's stream.
  ByteView unread() const {
    if (tcp == nullptr) return {};
    const Bytes& stream = tcp->stream(peer());
    return ByteView(stream).first(std::min(stream.size(), arrival.size)).subspan(received);
  }
  // The next one that came from its peer; null where there is none.
  const Datagram* next_datagram() const;
  // Of its connection; false where it has none.
  bool has_event(EventKind kind, Side from) const;
};

// What a step met in the capture; empty when it holds.
using Finding = std::optional<Diagnostic>;
Diagnostic finding(std::string message);

// The `recv` steps of an actor against what the server sent it: on a stream what is left of it, of
// datagrams the next one. What holds moves the actor's place on; a datagram is always used up.
class OfflineRecv {
 public:
  // Owns none of them; keeps `?name` values in `variables`.
  OfflineRecv(OfflineActor& actor, const LayoutSet& layouts, Variables& variables)
      : actor_(actor), layouts_(layouts), variables_(variables) {}

  // What is read next has to come from another port than the one that was asked.
  Finding follow_other_port();
  Finding message(const Message& message);
  Finding either(const std::vector<Message>& messages);
  Finding count(std::size_t size);
  Finding until(const Bytes& written);
  Finding pattern(const std::string& written);
  Finding end() const;
  Finding reset() const;
  Finding refusal() const;

 private:
  // What there is to read; nothing where there is no further datagram.
  std::optional<ByteView> waiting();
  // The next one from that port, 0: from any; those before it are passed over.
  const Datagram* next_of(std::uint16_t port);
  std::string peer_words() const { return "the " + side_words(actor_.peer()); }
  Diagnostic no_datagram() const;
  Finding stream_message(const Message& message);
  // `size` bytes are a message that ends with `what`; none: no such end came.
  Finding take_ended(ByteView bytes, std::optional<std::size_t> size, const std::string& what);

  OfflineActor& actor_;
  const LayoutSet& layouts_;
  Variables& variables_;
};

}  // namespace wireproof
