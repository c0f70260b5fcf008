#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/text/bytes.h"
#include "servers/protocols/server_info.h"

// How a reference server speaks, without a socket: bytes that came in, sends that go out. A way of
// serving (listen.h) carries them; faults and variants wrap either.
namespace wireproof {

enum class Ending : std::uint8_t {
  none,    // the connection goes on
  close,   // the exchange is over
  refuse,  // the input is no message: nothing more is read as one, and the peer may be sending
           // still
  keep,    // a fault: the connection is forgotten, neither read nor closed
};

// What a protocol wants done, in this order: every element of `sends` in a send() of its own, then
// the ending.
struct Actions {
  std::vector<Bytes> sends;
  Ending ending = Ending::none;

  bool operator==(const Actions&) const = default;
};

// One TCP connection. Bytes come as TCP delivers them, in any pieces: a message may be split
// between calls, and one call may bring several. Nothing is called after an ending.
class StreamProtocol {
 public:
  virtual ~StreamProtocol() = default;

  virtual Actions on_bytes(ByteView bytes) = 0;
  // The peer has closed its direction. Only a fault answers Ending::none, and is told again.
  virtual Actions on_eof() { return {{}, Ending::close}; }
};

// One UDP socket: the replies to a datagram, each a datagram of its own, all to its sender.
class DatagramProtocol {
 public:
  virtual ~DatagramProtocol() = default;

  virtual std::vector<Bytes> on_datagram(ByteView datagram) = 0;
};

enum class FieldMeaning : std::uint8_t {
  id,            // a number that the client has given to its request
  number,        // any other number
  length,        // of the message that follows in a send of its own
  size_of_text,  // in bytes, of the text in the same message
  text,          // UTF-8
};

// A field of a message. Numbers are big-endian.
struct MessageField {
  FieldMeaning meaning = FieldMeaning::number;
  std::size_t size = 0;
  std::size_t native_size = 0;  // of the C type that it is on a 64-bit Linux, and its alignment
};

// What the bytes of a server's messages mean. The server itself does without; faults need it that
// are about where a message ends or what a field is.
struct MessageShape {
  // TCP: the size of the request at the beginning of a stream, as its own header says it, however
  // large; nothing as long as the header is not there.
  std::function<std::optional<std::size_t>(ByteView stream)> request_size;
  std::size_t max_request_size = 0;
  std::size_t header_size = 0;  // what a program reads by itself to know the rest; 0: nothing
  // The fields of one send of a reply, in their order; none when it is no reply.
  std::function<std::vector<MessageField>(ByteView reply)> reply_fields;
};

enum class Sending : std::uint8_t {
  whole,         // what the protocol gives as one send goes to one send()
  byte_by_byte,  // a send() for every byte
  in_halves,     // two
  as_read,       // two, the second when the peer has read the first
  corked,        // held back until the answer is complete, or the end comes (MSG_MORE)
  at_once,       // never held back (TCP_NODELAY)
};

enum class Closing : std::uint8_t {
  orderly,         // close() when the peer has nothing more to say
  after_shutdown,  // shutdown(), then the same
  by_reset,        // close() with SO_LINGER and time 0
  with_unread,     // close() whatever is unread
  by_exit,         // serving by processes: nothing but the end of the process
};

// How a server treats its sockets, as far as a fault or a harmless variant changes it. The default
// is the correct server. The ways of serving, Connection and Listener (listen.h) obey it;
// what a fault does to the exchange wraps the protocol instead (misconduct.h).
struct Conduct {
  std::chrono::milliseconds patience{2000};  // how long clients wait for an answer

  // Listening
  std::chrono::milliseconds start_delay{0};  // before the sockets are opened
  bool takes_port_back = true;               // SO_REUSEADDR, for a port with TIME-WAITs
  bool both_families = false;                // [::], for IPv6 and IPv4
  bool small_send_buffer = false;            // SO_SNDBUF, of TCP
  bool small_receive_buffer = false;         // SO_RCVBUF, of TCP

  // One connection
  Sending sending = Sending::whole;
  Closing closing = Closing::orderly;
  std::chrono::milliseconds reply_delay{0};
  std::chrono::milliseconds close_delay{0};
  bool answers_after_fin = true;  // what came before the FIN
  bool survives_reset = true;     // else the process ends when a peer has reset
  std::string greeting = {};      // sent before anything is read

  // All clients
  std::optional<ServeWay> way;          // where only one will do; else the server's
  bool frees_kept_at_accept = false;    // by threads: what Ending::keep left open for `patience`
  bool child_holds_connection = false;  // by processes: a second child does nothing but that
  bool waits_for_children = true;       // by processes: else those that have ended stay zombies
  bool resets_waiting = false;          // by readiness: who connects while another is served
  bool replies_to_newest = false;       // by readiness: whoever has asked
  bool stays_with_client = false;       // by readiness: until it is silent and has its answers
  bool watches_clients = true;          // by readiness: else only who connects
  bool keeps_rest = true;               // by readiness: else what send() did not take is forgotten

  bool operator==(const Conduct&) const = default;
};

// The largest read of a server that does not care: more than any of the protocols' messages.
constexpr std::size_t kReadSize = 65536;

// A server with its parameters chosen. The factories may outlive it; an empty one means that the
// server does not speak that transport.
struct Service {
  std::function<std::unique_ptr<StreamProtocol>()> open_stream;
  std::size_t stream_read_size = kReadSize;  // the most that one recv() takes
  std::function<std::unique_ptr<DatagramProtocol>()> open_datagrams;
  std::size_t datagram_read_size = kReadSize;  // a longer datagram loses its end
  bool datagrams_from_other_port = false;      // replies leave by a socket of their own
  Conduct conduct;
  MessageShape shape;  // of a server with messages
  // Only where results can be too large: lets a service's protocols wrap them instead of refusing.
  std::function<void(Service&)> drop_overflow_check;
};

using ServerParameters = std::map<std::string, std::string>;

// A line of the registry. `make` gets a value for every parameter of `info`, each one allowed.
struct ReferenceServer {
  ServerInfo info;
  std::function<Service(const ServerParameters&)> make;
};

}  // namespace wireproof
