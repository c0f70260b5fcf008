#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/system/unique_fd.h"
#include "base/text/address.h"
#include "talk/talk_wait.h"

namespace wireproof {

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

}  // namespace wireproof
