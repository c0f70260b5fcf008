#include <fmt/format.h>

#include <algorithm>

#include "base/text/text_table.h"
#include "cli/commands.h"
#include "cli/options/own_servers.h"
#include "cli/options/server_table.h"
#include "servers/registry.h"

namespace wireproof {
namespace {

std::string render_port(std::uint16_t port) {
  return port == 0 ? "-" : std::to_string(port);
}

// One of the notes' servers is a command: it has a console, and no message of its own.
constexpr const char* kTalk = "talk";

std::string render_talk() {
  return "talk\n"
         "  TCP port    12345, or any other\n"
         "  UDP port    -\n"
         "  protocol    netcat: a raw pipe between the console and one peer\n"
         "  origin      socket lab with netcat, exercises 1 and 2\n"
         "  server      wireproof talk --listen 12345\n"
         "  client      wireproof talk 127.0.0.1:12345\n"
         "  packets     --packets shows them as they happen, at either end\n"
         "It is a command and no server of sheets: a person, or a pipe, answers the client.\n";
}

std::string render_servers() {
  TextTable table{
      {"Server", "TCP", "UDP", "Protocol"}, {Align::left, Align::right, Align::right}, {}};
  for (const ServerInfo* const info : known_servers()) {
    table.rows.push_back(
        {info->name, render_port(info->tcp_port), render_port(info->udp_port), info->protocol});
  }
  table.rows.push_back({kTalk, "12345", "-", "netcat: a raw pipe (`wireproof talk`, a command)"});
  std::ranges::sort(table.rows);
  return render_text_table(table);
}

std::string render_server(const ServerInfo& info) {
  std::string text = info.name + "\n";
  text += "  TCP port    " + render_port(info.tcp_port) + "\n";
  text += "  UDP port    " + render_port(info.udp_port) + "\n";
  text += "  protocol    " + info.protocol + "\n";
  if (!info.origin.empty()) text += "  origin      " + info.origin + "\n";
  if (info.tcp_port != 0 && find_own_server(info.name) == nullptr) {
    text += fmt::format("  serves by   {} (--serve {})\n", render_serve_way(info.way),
                        fmt::join(serve_way_names(), "|"));
  }
  for (const ServerParameter& parameter : info.parameters) {
    const std::string values = parameter.any_text
                                   ? fmt::format("\"{}\" or any text", parameter.values.front())
                                   : fmt::format("{}", fmt::join(parameter.values, "|"));
    text += fmt::format("  parameter   {}={}: {}\n", parameter.name, values, parameter.meaning);
  }
  for (const ServerQuirk& fault : info.faults) {
    text += fmt::format("  fault       {}: {}\n", fault.name, fault.meaning);
  }
  for (const ServerQuirk& variant : info.variants) {
    text += fmt::format("  variant     {}: {}\n", variant.name, variant.meaning);
  }
  return text;
}

}  // namespace

int servers_command(const CommandLine& line) {
  std::string name;
  ArgumentParser parser(
      line, "servers [NAME]",
      "The reference servers, and those that folders here or in `scenarios` describe "
      "(server.yaml): ports, protocol, origin and parameters.");
  parser.text("NAME", name, "all about one server");
  if (const auto code = parser.parse()) return *code;
  if (name.empty()) {
    const int code = read_described_servers();
    print_text(render_servers());
    return code;
  }
  if (name == kTalk) {
    print_text(render_talk());
    return kExitPassed;
  }
  SelectionOptions selection;
  if (const auto code = find_server_named(parser, name, selection)) return *code;
  print_text(render_server(*find_known_server(name)));
  return kExitPassed;
}

}  // namespace wireproof
