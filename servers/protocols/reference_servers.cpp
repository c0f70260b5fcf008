#include "servers/protocols/reference_servers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "base/text/words.h"
#include "servers/protocols/calc_layout.h"

namespace wireproof {
namespace {

// `prefix`: what an echo server puts before each answer; its own words, or any others.
ServerParameter prefix_parameter(const std::string& own) {
  ServerParameter parameter{"prefix", {own}, "what stands before each answer", true};
  // Those of all the notes' servers, and of one that only echoes.
  for (const char* const known :
       {"ECHO: ", "You told me: ", "server got: ", "SERVER RECEIVED: ", ""}) {
    if (own != known) parameter.values.emplace_back(known);
  }
  return parameter;
}

// In the order of their names.
const std::vector<ReferenceServer> kServers = {
    {{.name = "calc",
      .tcp_port = 12345,
      .udp_port = 12346,
      .protocol = "request `id u32, op text[3], n u8, i32[n]`, reply `id u32, result i32`, "
                  "big-endian; on TCP each with its length (u32) before it",
      .origin = "Rechnernetze, Laboraufgabe Socketprogrammierung, 3.1-3.3",
      .parameters =
          {
              {"framing",
               {"length", "none"},
               "TCP: the length of each message goes before it, or not"},
              {"ops",
               {"short", "long"},
               "SUM PRO MIN MAX, or Summe Produkt Minimum Maximum",
               false,
               true},
              {"connection",
               {"close", "keep"},
               "TCP: one request, then the server closes; or until EOF"},
              {"layout", calc_layout_names(), "of a request, as the exercise's variants have it",
               false, true},
              {"order", {"big", "little"}, "of the bytes of a number", false, true},
          },
      .traits = {.closes_first = true,
                 .has_messages = true,
                 .has_numbers = true,
                 .has_ids = true,
                 .has_length = true,
                 .calculates = true,
                 .refuses = true}},
     make_calc},
    {{.name = "echo-both",
      .tcp_port = 12345,
      .udp_port = 12345,
      .protocol = "every byte comes back until EOF (TCP), every datagram (UDP), on one port",
      .origin = "Rechnernetze, Socketprogrammierung 3.2.5"},
     make_echo_both},
    {{.name = "echo-chunks",
      .tcp_port = 12345,
      .protocol = "each chunk of at most 30 bytes is answered by `server got: ` and the chunk",
      .origin = "socket lab with netcat, exercise 3",
      .way = ServeWay::serial,
      .parameters = {prefix_parameter("server got: ")},
      .traits = {.has_prefix = true}},
     make_echo_chunks},
    {{.name = "echo-once",
      .tcp_port = 8181,
      .protocol =
          "one text per connection (UTF-8, one read of at most 128 bytes), answered by `SERVER "
          "RECEIVED: ` and the text; the server closes first",
      .origin = "notebook Netzwerkprogrammierung: Echo-Server",
      .way = ServeWay::serial,
      .parameters = {prefix_parameter("SERVER RECEIVED: ")},
      .traits = {.closes_first = true, .has_text = true, .has_prefix = true}},
     make_echo_once},
    // One thread for all clients; otherwise `echo-text`.
    {{.name = "echo-select",
      .tcp_port = 5005,
      .protocol = "each chunk of at most 1024 bytes is answered by `ECHO: ` and the chunk; one "
                  "thread for all",
      .origin = "Redes de Comunicações, guide 6, exercise 3",
      .way = ServeWay::select,
      .parameters = {prefix_parameter("ECHO: ")},
      .traits = {.has_text = true, .has_prefix = true}},
     make_text_echo},
    {{.name = "echo-text",
      .tcp_port = 5005,
      .protocol = "each chunk of at most 1024 bytes is answered by `ECHO: ` and the chunk; a "
                  "thread per client",
      .origin = "Redes de Comunicações, guide 6, exercise 2",
      .parameters = {prefix_parameter("ECHO: ")},
      .traits = {.has_text = true, .has_prefix = true}},
     make_text_echo},
    {{.name = "echo-threads",
      .tcp_port = 12345,
      .protocol = "each chunk of at most 1024 bytes is answered by `You told me: ` and the chunk",
      .origin = "socket lab with netcat, exercises 4-7",
      .parameters = {prefix_parameter("You told me: ")},
      .traits = {.has_text = true, .has_prefix = true}},
     make_text_echo},
    {{.name = "print-udp",
      .udp_port = 5005,
      .protocol = "datagrams (at most 2048 bytes) are printed and never answered",
      .origin = "Redes de Comunicações, guide 6, exercise 1",
      .traits = {.replies = false, .has_text = true}},
     make_print_udp},
    {{.name = "record",
      .tcp_port = 5005,
      .protocol = "29-byte records `!BLL20s` (version, order, size, text padded with `-`), each "
                  "answered by the same record",
      .origin = "Redes de Comunicações, guide 6, exercise 4",
      .parameters = {{"reply",
                      {"record", "text", "none"},
                      "answer each record by itself (4.3) or by its text, or never answer (4.2)"}},
      .traits = {.has_messages = true,
                 .has_text = true,
                 .pads_text = true,
                 .has_numbers = true,
                 .has_longs = true,
                 .has_ids = true}},
     make_record},
    {{.name = "record-sized",
      .tcp_port = 5005,
      .protocol =
          "header `!BLL` (version, size, order), then size bytes; answered by header and bytes",
      .origin = "Redes de Comunicações, guide 6, exercise 5",
      .parameters = {{"reply",
                      {"header-and-bytes", "text", "none"},
                      "answer each message by itself (5.3) or by its text, or never answer (5.2)"}},
      .traits = {.has_messages = true,
                 .has_text = true,
                 .has_numbers = true,
                 .has_longs = true,
                 .has_ids = true,
                 .has_length = true,
                 .refuses = true}},
     make_record_sized},
    {{.name = "reverse",
      .tcp_port = 50000,
      .udp_port = 50000,
      .protocol = "the bytes of each chunk (TCP) or datagram, at most 1024, in reverse order",
      .origin = "Rechnernetze, Socketprogrammierung: the course's template servers"},
     make_reverse},
    {{.name = "upper-tcp",
      .tcp_port = 8888,
      .protocol = "one text per connection (UTF-8, one read of at most 1024 bytes), answered in "
                  "upper case; the server closes first",
      .origin = "Kurose-Ross lab: TCPServer.py",
      .traits = {.closes_first = true, .has_text = true}},
     make_upper_tcp},
    {{.name = "upper-udp",
      .udp_port = 8888,
      .protocol = "each datagram (UTF-8, at most 2048 bytes) is answered in upper case",
      .origin = "Kurose-Ross lab: UDPServer.py",
      .traits = {.has_text = true}},
     make_upper_udp},
};

const ServerParameter& require_parameter(const ServerInfo& server, const std::string& name) {
  if (const ServerParameter* const found = server.find_parameter(name)) return *found;
  const std::vector<std::string> names = list_names(server.parameters);
  throw std::invalid_argument(
      fmt::format("server {} has no parameter `{}`; it has {}", server.name, name,
                  names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
}

void check_value(const ServerParameter& parameter, const std::string& value) {
  if (parameter.takes(value)) return;
  throw std::invalid_argument(fmt::format("`{}` is no value of parameter `{}`; it takes {}", value,
                                          parameter.name, fmt::join(parameter.values, ", ")));
}

}  // namespace

const std::vector<ReferenceServer>& all_reference_servers() {
  return kServers;
}

const ReferenceServer* find_reference_server(const std::string& name) {
  const auto found = std::ranges::find_if(
      kServers, [&](const ReferenceServer& server) { return server.info.name == name; });
  return found == kServers.end() ? nullptr : &*found;
}

Service make_service(const ReferenceServer& server, const ServerParameters& parameters) {
  ServerParameters chosen;
  for (const ServerParameter& parameter : server.info.parameters) {
    chosen[parameter.name] = parameter.values.front();
  }
  for (const auto& [name, value] : parameters) {
    check_value(require_parameter(server.info, name), value);
    chosen[name] = value;
  }
  return server.make(chosen);
}

std::string render_serve_way(ServeWay way) {
  return serve_way_names().at(static_cast<std::size_t>(way));
}

std::optional<ServeWay> parse_serve_way(std::string_view text) {
  const auto found = std::ranges::find(serve_way_names(), text);
  if (found == serve_way_names().end()) return std::nullopt;
  return static_cast<ServeWay>(found - serve_way_names().begin());
}

const std::vector<std::string>& serve_way_names() {
  static const std::vector<std::string> kNames = {"threads", "select", "serial", "fork"};
  return kNames;
}

}  // namespace wireproof
