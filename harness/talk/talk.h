#pragma once

#include <poll.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/system/system_call.h"
#include "base/text/address.h"

namespace wireproof {

// What is attended to while a talk waits, beside the talk itself.
struct TalkAside {
  int stop_fd = -1;                  // readable: the talk ends; -1: nothing ends it
  int packets_fd = -1;               // readable: packets wait to be shown; -1: none are
  std::function<void()> on_packets;  // takes them
};

enum class TalkWait { ready, nothing, stopped };
enum class TalkPatience { wait, look };

// poll() for one of `entries`, whose descriptors may be -1; `look` does not wait and may find
// nothing. Packets are shown meanwhile. Throws SystemError.
TalkWait await_talk(std::span<pollfd> entries, const TalkAside& aside, TalkPatience patience);

struct TalkAddress {
  std::string host;  // a name or an address
  std::uint16_t port = 0;

  bool operator==(const TalkAddress&) const = default;
};

// "localhost:12345", "127.0.0.1:12345", "[::1]:12345"; nothing for anything else.
std::optional<TalkAddress> parse_talk_address(std::string_view text);

// All addresses of the host, in the order in which they should be tried (RFC 6724). Throws
// SystemError when there is none.
std::vector<Endpoint> look_up_talk(const TalkAddress& address);

struct TalkPeer {
  UniqueFd socket;
  Endpoint local;
  Endpoint remote;
};

// Connects to the first address that accepts; nothing when stopped meanwhile. Throws SystemError
// of the last attempt: "connect 127.0.0.1:9: connection refused".
std::optional<TalkPeer> connect_talk(const std::vector<Endpoint>& addresses,
                                     const TalkAside& aside);

// A socket bound to the address (port 0: the system chooses); it does not listen yet. Throws
// SystemError.
UniqueFd bind_talk(const Endpoint& address);
// Listens, and waits for one client; others are refused once the socket is closed. Nothing when
// stopped meanwhile.
void listen_talk(int bound_socket);
std::optional<TalkPeer> accept_talk(int listening_socket, const TalkAside& aside);

// The three descriptors of a talk; they stay the caller's.
struct TalkEnds {
  int input = -1;   // what is read here is sent to the peer
  int output = -1;  // what the peer sends is written here
  int peer = -1;    // a connected stream socket
};

enum class TalkEnd : std::uint8_t {
  closed,  // the peer sent its FIN
  reset,   // the peer reset the connection, or takes nothing more of what is sent
  stopped,
};

struct TalkResult {
  TalkEnd end = TalkEnd::closed;
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;

  bool operator==(const TalkResult&) const = default;
};

// Carries raw bytes both ways, until the peer has closed and all that it sent is written. The end
// of the input closes our direction (SHUT_WR, a FIN behind the last byte) and the other one goes
// on. When the peer has closed, what the input holds by then is still sent: a file to its end, of
// a terminal or a pipe what waits there; nothing more is waited for. A side that does not read
// stops the other one, at most kTalkBlockBytes are held for each. Throws SystemError where input
// or output refuse.
TalkResult run_talk_pipe(const TalkEnds& ends, const TalkAside& aside);

constexpr std::size_t kTalkBlockBytes = 65536;

}  // namespace wireproof
