#include "servers/protocols/echo_once.h"

#include <string>
#include <utility>

#include "servers/protocols/prefix_parameter.h"
#include "servers/protocols/unicode_text.h"

namespace wireproof {
namespace {

constexpr std::size_t kRequestSize = 128;

class EchoOnce : public StreamProtocol {
 public:
  explicit EchoOnce(std::string prefix) : prefix_(std::move(prefix)) {}

  Actions on_bytes(ByteView bytes) override {
    ByteWriter answer;
    answer.write_bytes(as_bytes(prefix_));
    answer.write_bytes(valid_utf8(bytes));
    return {{answer.take()}, Ending::close};
  }

 private:
  std::string prefix_;
};

}  // namespace

ReferenceServer echo_once_server() {
  ServerInfo info;
  info.name = "echo-once";
  info.tcp_port = 8181;
  info.protocol =
      "one text per connection (UTF-8, one read of at most 128 bytes), answered by `SERVER "
      "RECEIVED: ` and the text; the server closes first";
  info.origin = "notebook Netzwerkprogrammierung: Echo-Server";
  info.way = ServeWay::serial;
  info.parameters = {prefix_parameter("SERVER RECEIVED: ")};
  info.traits = {.closes_first = true, .has_text = true, .has_prefix = true};
  return {info, [](const ServerParameters& parameters) {
            Service service;
            service.open_stream = [prefix = parameters.at("prefix")] {
              return std::make_unique<EchoOnce>(prefix);
            };
            service.stream_read_size = kRequestSize;
            return service;
          }};
}

}  // namespace wireproof
