#include "servers/protocols/echo_threads.h"

#include "servers/protocols/prefix_parameter.h"
#include "servers/protocols/text_echo.h"

namespace wireproof {

ReferenceServer echo_threads_server() {
  ServerInfo info;
  info.name = "echo-threads";
  info.tcp_port = 12345;
  info.protocol = "each chunk of at most 1024 bytes is answered by `You told me: ` and the chunk";
  info.origin = "socket lab with netcat, exercises 4-7";
  info.parameters = {prefix_parameter("You told me: ")};
  info.traits = {.has_text = true, .has_prefix = true};
  return {info, [](const ServerParameters& parameters) {
            Service service;
            service.open_stream = [prefix = parameters.at("prefix")] {
              return make_text_echo(prefix);
            };
            service.stream_read_size = kTextEchoReadSize;
            return service;
          }};
}

}  // namespace wireproof
