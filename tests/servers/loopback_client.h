#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/system/system_call.h"

namespace wireproof {

// A client's sockets for the tests of the network side. All of it throws SystemError; a read that
// waits longer than ten seconds is one.
UniqueFd connect_tcp(const std::string& host, std::uint16_t port);
UniqueFd connect_udp(const std::string& host, std::uint16_t port);

void send_text(int fd, std::string_view text);
// What one recv brings; for UDP one datagram. Empty at the end of the stream.
std::string receive_some(int fd);
std::string receive_to_eof(int fd);
// Whether nothing comes, neither bytes nor an end, for a while that is long for a loopback.
bool is_silent(int fd);

}  // namespace wireproof
