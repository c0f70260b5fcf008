#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "base/system/system_call.h"
#include "base/text/words.h"
#include "cli/commands.h"
#include "cli/options/own_servers.h"
#include "cli/options/selection.h"
#include "cli/options/server_table.h"
#include "machine/process/server_process.h"
#include "servers/registry.h"

namespace wireproof {
namespace {

struct ServeCommandOptions {
  std::string server;
  std::optional<std::uint16_t> port;
  std::optional<std::uint16_t> udp_port;
  std::vector<std::string> settings;
  ServeOptions serve;  // the rest
};

ServeOptions serve_options(const ServerInfo& info, const ServeCommandOptions& given) {
  ServeOptions options = given.serve;
  if (info.tcp_port != 0) options.tcp_port = given.port.value_or(info.tcp_port);
  // A server that speaks UDP alone takes --port as well.
  const std::uint16_t udp_default =
      info.tcp_port == 0 ? given.port.value_or(info.udp_port) : info.udp_port;
  if (info.udp_port != 0) options.udp_port = given.udp_port.value_or(udp_default);
  options.parameters = read_settings(given.settings);
  options.print = true;
  return options;
}

std::vector<std::pair<std::string, ServeWay>> serve_way_choices() {
  std::vector<std::pair<std::string, ServeWay>> choices;
  for (const std::string& name : serve_way_names()) {
    choices.emplace_back(name, *parse_serve_way(name));
  }
  return choices;
}

std::string render_listening(const ServerInfo& info, const ServeOptions& options) {
  std::string text = info.name + " listens on " + options.host;
  if (options.tcp_port != 0) text += fmt::format(", TCP port {}", options.tcp_port);
  if (options.udp_port != 0) text += fmt::format(", UDP port {}", options.udp_port);
  return text + "; Ctrl-C ends it\n";
}

// Becomes the shell that starts the server's command.
int serve_own(const OwnServer& server, const ServeOptions& options) {
  const ServerProgram program = make_own_program(server);
  if (!program.command) {
    print_error(fmt::format("error: nothing starts the server {}: its {} has no command\n",
                            server.info.name, kServerDescription));
    return kExitCouldNotRun;
  }
  std::map<std::string, std::string> parameters = options.parameters;
  if (!options.faults.empty()) parameters[std::string(kFaultParameter)] = options.faults.front();
  if (!options.variant.empty()) parameters[std::string(kVariantParameter)] = options.variant;
  ServerStart start;
  start.host = options.host;
  start.tcp_port = options.tcp_port;
  start.udp_port = options.udp_port;
  const std::string command = fill_command(program.command(parameters), start);
  print_text(render_listening(server.info, options));
  std::fflush(stdout);
  std::filesystem::current_path(server.folder);
  ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
  throw SystemError("start /bin/sh", errno);
}

// The exit code for options that only a reference server can follow.
std::optional<int> check_own(const ArgumentParser& parser, const ServeOptions& options) {
  if (options.faults.size() > 1) {
    return parser.refuse(options.faults[1], "a server of one's own has one fault at a time",
                         {{"help", "a fault in server.yaml whose command has both"}});
  }
  if (!options.way) return std::nullopt;
  return parser.refuse("--serve", "how a server of one's own serves its clients is its own affair");
}

// The exit code for a fault or variant that the server does not have.
std::optional<int> check_quirk(const ArgumentParser& parser, const std::string& kind,
                               const std::string& name, const std::vector<ServerQuirk>& quirks) {
  const std::vector<std::string> known = list_names(quirks);
  if (name.empty() || std::ranges::find(known, name) != known.end()) return std::nullopt;
  std::vector<Note> notes = nearest_note(name, known);
  notes.push_back({"help", "`wireproof servers SERVER` lists what a server has"});
  return parser.refuse(name, fmt::format("the server has no {} `{}`", kind, name), notes);
}

}  // namespace

int serve_command(const CommandLine& line) {
  ServeCommandOptions given;
  ArgumentParser parser(line, "serve SERVER [OPTIONS]",
                        "Runs a reference server until Ctrl-C, with a line for each message.");
  parser.required_text("SERVER", given.server, "its name (`wireproof servers` lists them)");
  parser.text("--host", given.serve.host, "the address to listen on (default: 127.0.0.1)");
  parser.port("--port", given.port, "the port (default: the server's own)");
  parser.port("--udp-port", given.udp_port, "the port for UDP, where the server speaks both");
  parser.texts("--set", given.settings, "NAME=VALUE, a parameter of the server");
  parser.choice("--serve", given.serve.way, serve_way_choices(),
                "how TCP clients are served (default: the server's own way)");
  parser.texts("--fault", given.serve.faults,
               "be wrong in this way (`wireproof servers SERVER` lists all); may be given again");
  parser.text("--variant", given.serve.variant, "be correct in another way than usual");
  if (const auto code = parser.parse()) return *code;
  SelectionOptions settings;
  const Note help{"help", given.server == "talk"
                              ? "talk is a command: `wireproof talk --listen PORT`"
                              : "`wireproof servers` lists the reference servers"};
  if (const auto code = find_server_named(parser, given.server, settings, {help})) return *code;
  settings.settings = given.settings;
  if (const auto code = check_selection(parser, settings)) return *code;
  const ServerInfo& info = *find_known_server(given.server);
  for (const std::string& fault : given.serve.faults) {
    if (const auto code = check_quirk(parser, "fault", fault, info.faults)) return *code;
  }
  if (const auto code = check_quirk(parser, "variant", given.serve.variant, info.variants)) {
    return *code;
  }
  ServeOptions options = serve_options(info, given);
  if (const OwnServer* const own = find_own_server(given.server)) {
    if (const auto code = check_own(parser, options)) return *code;
    return serve_own(*own, options);
  }
  options.on_ready = [text = render_listening(info, options)] {
    print_text(text);
    std::fflush(stdout);
  };
  try {
    return serve(info, options);
  } catch (const std::invalid_argument& error) {
    return parser.refuse(given.settings.empty() ? given.server : given.settings.front(),
                         error.what());
  }
}

}  // namespace wireproof
