#include "servers/protocols/echo_text.h"

#include "servers/protocols/prefix_parameter.h"
#include "servers/protocols/text_echo.h"

namespace wireproof {
namespace {

Service make_echo_service(const ServerParameters& parameters) {
  Service service;
  service.open_stream = [prefix = parameters.at("prefix")] { return make_text_echo(prefix); };
  service.stream_read_size = kTextEchoReadSize;
  return service;
}

}  // namespace

ReferenceServer echo_text_server() {
  ServerInfo info;
  info.name = "echo-text";
  info.tcp_port = 5005;
  info.protocol =
      "each chunk of at most 1024 bytes is answered by `ECHO: ` and the chunk; a thread per client";
  info.origin = "Redes de Comunicações, guide 6, exercise 2";
  info.parameters = {prefix_parameter("ECHO: ")};
  info.traits = {.has_text = true, .has_prefix = true};
  return {info, make_echo_service};
}

ReferenceServer echo_select_server() {
  ServerInfo info;
  info.name = "echo-select";
  info.tcp_port = 5005;
  info.protocol =
      "each chunk of at most 1024 bytes is answered by `ECHO: ` and the chunk; one thread for all";
  info.origin = "Redes de Comunicações, guide 6, exercise 3";
  info.way = ServeWay::select;
  info.parameters = {prefix_parameter("ECHO: ")};
  info.traits = {.has_text = true, .has_prefix = true};
  return {info, make_echo_service};
}

}  // namespace wireproof
