#include "servers/echo_chunks.h"

#include <string_view>

namespace wireproof {
namespace {

constexpr std::size_t kChunkSize = 30;
constexpr std::string_view kPrefix = "server got: ";

class EchoChunks : public StreamProtocol {
 public:
  Actions on_bytes(ByteView bytes) override {
    ByteWriter answer;
    answer.write_bytes(as_bytes(kPrefix));
    answer.write_bytes(bytes);
    return {{answer.take()}, Ending::none};
  }
};

}  // namespace

ReferenceServer echo_chunks_server() {
  ServerInfo info;
  info.name = "echo-chunks";
  info.tcp_port = 12345;
  info.protocol = "each chunk of at most 30 bytes is answered by `server got: ` and the chunk";
  info.origin = "socket lab with netcat, exercise 3";
  info.way = ServeWay::serial;
  info.traits = {.has_prefix = true};
  return {info, [](const ServerParameters&) {
            Service service;
            service.open_stream = [] { return std::make_unique<EchoChunks>(); };
            service.stream_read_size = kChunkSize;
            return service;
          }};
}

}  // namespace wireproof
