#pragma once

#include <vector>

#include "packets/flow/socket_call.h"
#include "support/packet_builder.h"

namespace wireproof {

inline const Endpoint kClient = endpoint("127.0.0.1:40000");
inline const Endpoint kServer = endpoint("127.0.0.1:12345");
constexpr std::uint64_t kListener = 1;
constexpr std::uint64_t kConnection = 2;
constexpr std::uint64_t kClientSocket = 3;
constexpr std::int64_t kProcess = 100;
constexpr std::int64_t kChild = 101;
constexpr std::int64_t kClientProcess = 102;

// Call logs as the tracer writes them, against packets one millisecond apart: SYN at 0 ms. A call
// that returned before it was entered never returned.
class CallLogBuilder {
 public:
  // A call of the server on its connection.
  SocketCall& add(const char* name, std::int64_t result, int entered_ms, int returned_ms);
  SocketCall& add_accept(int entered_ms, int returned_ms);
  SocketCall& add_close(int entered_ms, int returned_ms);
  SocketCall& add_wait(const char* name, std::uint64_t ready, int entered_ms, int returned_ms);
  // A call of the client on its only socket; "close" releases it.
  SocketCall& add_client(const char* name, std::int64_t result, int entered_ms, int returned_ms);

  std::vector<SocketCall> calls;
};

}  // namespace wireproof
