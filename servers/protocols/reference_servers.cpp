#include "servers/protocols/reference_servers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

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

ServerInfo calc() {
  ServerInfo info;
  info.name = "calc";
  info.tcp_port = 12345;
  info.udp_port = 12346;
  info.protocol =
      "request `id u32, op text[3], n u8, i32[n]`, reply `id u32, result i32`, big-endian; on TCP "
      "each with its length (u32) before it";
  info.origin = "Rechnernetze, Laboraufgabe Socketprogrammierung, 3.1-3.3";
  info.parameters = {
      {"framing", {"length", "none"}, "TCP: the length of each message goes before it, or not"},
      {"ops", {"short", "long"}, "SUM PRO MIN MAX, or Summe Produkt Minimum Maximum", false, true},
      {"connection", {"close", "keep"}, "TCP: one request, then the server closes; or until EOF"},
      {"layout", calc_layout_names(), "of a request, as the exercise's variants have it", false,
       true},
      {"order", {"big", "little"}, "of the bytes of a number", false, true},
  };
  info.traits = {.closes_first = true,
                 .has_messages = true,
                 .has_numbers = true,
                 .has_ids = true,
                 .has_length = true,
                 .calculates = true,
                 .refuses = true};
  return info;
}

ServerInfo echo_both() {
  ServerInfo info;
  info.name = "echo-both";
  info.tcp_port = 12345;
  info.udp_port = 12345;
  info.protocol = "every byte comes back until EOF (TCP), every datagram (UDP), on one port";
  info.origin = "Rechnernetze, Socketprogrammierung 3.2.5";
  return info;
}

ServerInfo echo_chunks() {
  ServerInfo info;
  info.name = "echo-chunks";
  info.tcp_port = 12345;
  info.protocol = "each chunk of at most 30 bytes is answered by `server got: ` and the chunk";
  info.origin = "socket lab with netcat, exercise 3";
  info.way = ServeWay::serial;
  info.parameters = {prefix_parameter("server got: ")};
  info.traits = {.has_prefix = true};
  return info;
}

ServerInfo echo_once() {
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
  return info;
}

// One thread for all clients; otherwise `echo-text`.
ServerInfo echo_select() {
  ServerInfo info;
  info.name = "echo-select";
  info.tcp_port = 5005;
  info.protocol =
      "each chunk of at most 1024 bytes is answered by `ECHO: ` and the chunk; one thread for all";
  info.origin = "Redes de Comunicações, guide 6, exercise 3";
  info.way = ServeWay::select;
  info.parameters = {prefix_parameter("ECHO: ")};
  info.traits = {.has_text = true, .has_prefix = true};
  return info;
}

ServerInfo echo_text() {
  ServerInfo info;
  info.name = "echo-text";
  info.tcp_port = 5005;
  info.protocol =
      "each chunk of at most 1024 bytes is answered by `ECHO: ` and the chunk; a thread per client";
  info.origin = "Redes de Comunicações, guide 6, exercise 2";
  info.parameters = {prefix_parameter("ECHO: ")};
  info.traits = {.has_text = true, .has_prefix = true};
  return info;
}

ServerInfo echo_threads() {
  ServerInfo info;
  info.name = "echo-threads";
  info.tcp_port = 12345;
  info.protocol = "each chunk of at most 1024 bytes is answered by `You told me: ` and the chunk";
  info.origin = "socket lab with netcat, exercises 4-7";
  info.parameters = {prefix_parameter("You told me: ")};
  info.traits = {.has_text = true, .has_prefix = true};
  return info;
}

ServerInfo print_udp() {
  ServerInfo info;
  info.name = "print-udp";
  info.udp_port = 5005;
  info.protocol = "datagrams (at most 2048 bytes) are printed and never answered";
  info.origin = "Redes de Comunicações, guide 6, exercise 1";
  info.traits = {.replies = false, .has_text = true};
  return info;
}

ServerInfo record() {
  ServerInfo info;
  info.name = "record";
  info.tcp_port = 5005;
  info.protocol =
      "29-byte records `!BLL20s` (version, order, size, text padded with `-`), each answered by "
      "the same record";
  info.origin = "Redes de Comunicações, guide 6, exercise 4";
  info.parameters = {{"reply",
                      {"record", "text", "none"},
                      "answer each record by itself (4.3) or by its text, or never answer (4.2)"}};
  info.traits = {.has_messages = true,
                 .has_text = true,
                 .has_numbers = true,
                 .has_longs = true,
                 .has_ids = true};
  return info;
}

ServerInfo record_sized() {
  ServerInfo info;
  info.name = "record-sized";
  info.tcp_port = 5005;
  info.protocol =
      "header `!BLL` (version, size, order), then size bytes; answered by header and bytes";
  info.origin = "Redes de Comunicações, guide 6, exercise 5";
  info.parameters = {{"reply",
                      {"header-and-bytes", "text", "none"},
                      "answer each message by itself (5.3) or by its text, or never answer (5.2)"}};
  info.traits = {.has_messages = true,
                 .has_text = true,
                 .has_numbers = true,
                 .has_longs = true,
                 .has_ids = true,
                 .has_length = true,
                 .refuses = true};
  return info;
}

ServerInfo reverse() {
  ServerInfo info;
  info.name = "reverse";
  info.tcp_port = 50000;
  info.udp_port = 50000;
  info.protocol = "the bytes of each chunk (TCP) or datagram, at most 1024, in reverse order";
  info.origin = "Rechnernetze, Socketprogrammierung: the course's template servers";
  return info;
}

ServerInfo upper_tcp() {
  ServerInfo info;
  info.name = "upper-tcp";
  info.tcp_port = 8888;
  info.protocol =
      "one text per connection (UTF-8, one read of at most 1024 bytes), answered in upper case; "
      "the server closes first";
  info.origin = "Kurose-Ross lab: TCPServer.py";
  info.traits = {.closes_first = true, .has_text = true};
  return info;
}

ServerInfo upper_udp() {
  ServerInfo info;
  info.name = "upper-udp";
  info.udp_port = 8888;
  info.protocol = "each datagram (UTF-8, at most 2048 bytes) is answered in upper case";
  info.origin = "Kurose-Ross lab: UDPServer.py";
  info.traits = {.has_text = true};
  return info;
}

const ServerParameter& find_parameter(const ServerInfo& server, const std::string& name) {
  for (const ServerParameter& parameter : server.parameters) {
    if (parameter.name == name) return parameter;
  }
  std::vector<std::string> names;
  for (const ServerParameter& parameter : server.parameters) names.push_back(parameter.name);
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
  static const std::vector<ReferenceServer> kServers = {
      {calc(), make_calc},                  //
      {echo_both(), make_echo_both},        //
      {echo_chunks(), make_echo_chunks},    //
      {echo_once(), make_echo_once},        //
      {echo_select(), make_text_echo},      //
      {echo_text(), make_text_echo},        //
      {echo_threads(), make_text_echo},     //
      {print_udp(), make_print_udp},        //
      {record(), make_record},              //
      {record_sized(), make_record_sized},  //
      {reverse(), make_reverse},            //
      {upper_tcp(), make_upper_tcp},        //
      {upper_udp(), make_upper_udp},        //
  };
  return kServers;
}

const ReferenceServer* find_reference_server(const std::string& name) {
  const std::vector<ReferenceServer>& servers = all_reference_servers();
  const auto found = std::ranges::find_if(
      servers, [&](const ReferenceServer& server) { return server.info.name == name; });
  return found == servers.end() ? nullptr : &*found;
}

Service make_service(const ReferenceServer& server, const ServerParameters& parameters) {
  ServerParameters chosen;
  for (const ServerParameter& parameter : server.info.parameters) {
    chosen[parameter.name] = parameter.values.front();
  }
  for (const auto& [name, value] : parameters) {
    check_value(find_parameter(server.info, name), value);
    chosen[name] = value;
  }
  return server.make(chosen);
}

}  // namespace wireproof
