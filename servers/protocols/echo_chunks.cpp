#include "servers/protocols/echo_chunks.h"

#include <string>
#include <utility>

#include "servers/protocols/prefix_parameter.h"

namespace wireproof {
namespace {

constexpr std::size_t kChunkSize = 30;

class EchoChunks : public StreamProtocol {
 public:
  explicit EchoChunks(std::string prefix) : prefix_(std::move(prefix)) {}

  Actions on_bytes(ByteView bytes) override {
    ByteWriter answer;
    answer.write_bytes(as_bytes(prefix_));
    answer.write_bytes(bytes);
    return {{answer.take()}, Ending::none};
  }

 private:
  std::string prefix_;
};

}  // namespace

ReferenceServer echo_chunks_server() {
  ServerInfo info;
  info.name = "echo-chunks";
  info.tcp_port = 12345;
  info.protocol = "each chunk of at most 30 bytes is answered by `server got: ` and the chunk";
  info.origin = "socket lab with netcat, exercise 3";
  info.way = ServeWay::serial;
  info.parameters = {prefix_parameter("server got: ")};
  info.traits = {.has_prefix = true};
  return {info, [](const ServerParameters& parameters) {
            Service service;
            service.open_stream = [prefix = parameters.at("prefix")] {
              return std::make_unique<EchoChunks>(prefix);
            };
            service.stream_read_size = kChunkSize;
            return service;
          }};
}

}  // namespace wireproof
