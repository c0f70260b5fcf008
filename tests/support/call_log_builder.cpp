#include "support/call_log_builder.h"

#include <string_view>

namespace wireproof {

SocketCall& CallLogBuilder::add(const char* name, std::int64_t result, int entered_ms,
                                int returned_ms) {
  SocketCall& call = calls.emplace_back();
  call.actor = "server";
  call.side = Side::server;
  call.name = name;
  call.process = call.thread = kProcess;
  call.socket = kConnection;
  call.local = kServer;
  call.remote = kClient;
  call.entered = kTestStart + std::chrono::milliseconds(entered_ms);
  if (returned_ms >= entered_ms) {
    call.returned = kTestStart + std::chrono::milliseconds(returned_ms);
  }
  call.result = result;
  call.order = calls.size();
  return call;
}

SocketCall& CallLogBuilder::add_accept(int entered_ms, int returned_ms) {
  SocketCall& call = add("accept", 5, entered_ms, returned_ms);
  call.socket = kListener;
  call.new_socket = kConnection;
  return call;
}

SocketCall& CallLogBuilder::add_close(int entered_ms, int returned_ms) {
  SocketCall& call = add("close", 0, entered_ms, returned_ms);
  call.releases = true;
  return call;
}

SocketCall& CallLogBuilder::add_wait(const char* name, std::uint64_t ready, int entered_ms,
                                     int returned_ms) {
  SocketCall& call = add(name, 1, entered_ms, returned_ms);
  call.socket = 0;
  call.local.reset();
  call.remote.reset();
  call.ready = {{ready, 5, true, false}};
  return call;
}

SocketCall& CallLogBuilder::add_client(const char* name, std::int64_t result, int entered_ms,
                                       int returned_ms) {
  SocketCall& call = add(name, result, entered_ms, returned_ms);
  call.actor = "client";
  call.side = Side::client;
  call.process = call.thread = kClientProcess;
  call.socket = kClientSocket;
  call.local = kClient;
  call.remote = kServer;
  call.releases = std::string_view(name) == "close";
  return call;
}

}  // namespace wireproof
